/**
 * Ids are numbers in the databases and texts for who uses Prisma's client, which src/database/text-ids.ts sees to. Here its
 * generated types are told so: what they say of a column that holds an id is what they say of a text.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line that tells the type of a column whose name is that of an id (prisma/generate-models.js). */
const COLUMN = /^ *(?:readonly )?(?:id|\w+Id)\??: .*(?:bigint|BigInt).*$/gm;

for (const client of process.argv.slice(2)) {
  const folder = join(client, 'models');
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(COLUMN, asText));
  }
}

function asText(line) {
  return line
    .replace(/\bbigint \| number\b|\bbigint\b/g, 'string')
    .replace(/(?<![a-z])(Nullable)?BigInt(?=[A-Z'])/g, (_, nullable = '') => `${nullable}String`);
}
