import { chmodSync, createWriteStream, lstatSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { ENTITY_NAMES, entityNamed } from '../transfer/entities.ts';
import { exportCsv, exportJson } from '../transfer/export.ts';
import { operatorOf } from '../transfer/operator.ts';
import { type Format, formatOf, formatOption } from './import.ts';
import { withDatabase } from './session.ts';
import { wholeFile } from './whole-file.ts';

interface ExportOptions {
  firm: string;
  entity: string;
  format?: Format;
  output?: string;
}

/** `clientele export` */
export function exportCommand(): Command {
  return new Command('export')
    .description('Export the clients of a firm, or their contacts, as JSON Lines or CSV that `import` accepts.')
    .requiredOption('--firm <name>', 'the firm')
    .addOption(new Option('--entity <entity>', 'what is exported').choices(ENTITY_NAMES).default('clients'))
    .addOption(formatOption("by default that of the output file's name, else jsonl"))
    .option('--output <file>', 'the file to write; defaults to stdout')
    .addHelpText(
      'after',
      `
Records come in the order of their creation, without deleted ones. What they point at is written by name. Import the
clients before their contacts. The keys and columns are described by: clientele import --help`,
    )
    .action((options: ExportOptions) =>
      withDatabase(async (database) => {
        const operator = await operatorOf(database, options.firm, 'export');
        const write = formatOf(options.format, options.output) === 'csv' ? exportCsv : exportJson;
        await writeOut(write(operator, entityNamed(options.entity)), options.output);
      }),
    );
}

async function writeOut(text: AsyncGenerator<string>, file: string | undefined): Promise<void> {
  const source = Readable.from(text);
  if (file !== undefined) return intoFile(source, file);
  try {
    await pipeline(source, process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has seen enough, as `head` does.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function intoFile(source: Readable, file: string): Promise<void> {
  const there = lstatSync(file, { throwIfNoEntry: false });
  // A link, a FIFO or a device, such as /dev/stdout, is there to be written to, and not to be replaced by a file.
  if (there && !(there.isFile() && there.nlink === 1)) return pipeline(source, createWriteStream(file));
  const mode = there?.mode;
  await wholeFile(file, async (partial) => {
    await pipeline(source, createWriteStream(partial, { flags: 'wx', flush: true }));
    if (mode !== undefined) chmodSync(partial, mode);
  });
}
