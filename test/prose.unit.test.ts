/** The schema, the README and the documents avoid phrases that read as translated. Spelling is checked by cspell. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Each phrase with a plain one to use instead. */
const PHRASES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bunless (said|told|given)\b/i, 'defaults to'],
  [/\b(is|are) told\b/i, 'is reported'],
  [/\bcomes? of (it|them)\b/i, 'you end up with'],
  [/\bwhatever\b/i, 'any'],
  [/\bElse\b(?! if)/, 'Otherwise'],
  [/\bit shall be\b/i, 'set the field'],
  [/\bwithout regard to case\b/i, 'case-insensitive'],
  [/\bnone twice\b/i, 'unique'],
  [/\bgravest\b/i, 'most severe'],
];

const FILES = [
  'schema.graphql',
  'README.md',
  'bench/README.md',
  ...readdirSync('docs').map((name) => `docs/${name}`),
].filter((name) => /\.(md|graphql)$/.test(name));

/** The lines of a file that are prose: the descriptions of a schema, a document without its code. */
function proseOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.graphql'))
    return (text.match(/"""[\s\S]*?"""/g) ?? []).map((block) => block.replace(/\s+/g, ' '));
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '')
    .split('\n');
}

it.each(FILES)('%s has none of the phrases that read as translated', (file) => {
  const found = proseOf(file).flatMap((line) =>
    PHRASES.filter(([pattern]) => pattern.test(line)).map(([, instead]) => `${line.trim()} (say: ${instead})`),
  );
  expect(found).toEqual([]);
});
