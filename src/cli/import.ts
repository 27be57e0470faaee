import { createReadStream } from 'node:fs';
import { Command, Option } from 'commander';
import { fieldsOf } from '../records/save.ts';
import { csvLines } from '../transfer/csv.ts';
import { ENTITY_NAMES, entityNamed } from '../transfer/entities.ts';
import { emptyReport, type ImportReport, importLines } from '../transfer/import.ts';
import { jsonLines } from '../transfer/lines.ts';
import { operatorOf } from '../transfer/operator.ts';
import { print, withDatabase } from './session.ts';

export type Format = 'jsonl' | 'csv';

/** Interval between progress reports, in milliseconds. */
const PROGRESS_EVERY = 5_000;

interface ImportCommandOptions {
  firm: string;
  entity: string;
  format?: Format;
  dryRun?: boolean;
  stopOnError?: boolean;
  allowDuplicates?: boolean;
}

/** `--format`, with what holds when it is not given. */
export function formatOption(otherwise: string): Option {
  return new Option('--format <format>', otherwise).choices(['jsonl', 'csv']);
}

/** The format that was asked for, else the one that the file's name tells. */
export function formatOf(format: Format | undefined, file = ''): Format {
  return format ?? (/\.csv$/i.test(file) ? 'csv' : 'jsonl');
}

/** `clientele import` */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'Upsert clients, or their contacts, from JSON Lines or CSV. Safe to repeat, also after it was cut short.',
    )
    .argument('<file>', 'the file to read; - is standard input')
    .requiredOption('--firm <name>', 'the firm')
    .addOption(new Option('--entity <entity>', 'what is imported').choices(ENTITY_NAMES).default('clients'))
    .addOption(formatOption("by default csv when the file's name ends so, else jsonl"))
    .option('--dry-run', 'check every line against the current database without writing anything')
    .option('--stop-on-error', 'stop at the first line that fails; by default the other lines are still imported')
    .option('--allow-duplicates', 'contacts: allow the first and last name of another contact')
    .addHelpText('after', () => HELP)
    .action((file: string, options: ImportCommandOptions) => importFile(file, options));
}

function importFile(file: string, options: ImportCommandOptions): Promise<void> {
  const { firm, dryRun = false, stopOnError = false, allowDuplicates = false } = options;
  const entity = entityNamed(options.entity);
  return withDatabase(async (database) => {
    const operator = await operatorOf(database, firm, 'import');
    const bytes: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
    const lines =
      formatOf(options.format, file) === 'csv'
        ? csvLines(bytes, {
            line: entity.line,
            keys: entity.keys,
            definitions: await fieldsOf(operator, entity.kind),
          })
        : jsonLines(bytes);
    const report = emptyReport();
    const progress = setInterval(() => tell(`… ${summary(report)}`), PROGRESS_EVERY);
    const onFailure = (line: number, problems: readonly string[]) => {
      for (const problem of problems) tell(`line ${line}: ${problem}`);
    };
    try {
      await importLines(operator, entity, lines, { dryRun, stopOnError, allowDuplicates, onFailure }, report);
    } finally {
      clearInterval(progress);
      print(`${dryRun ? 'Dry run: ' : ''}${summary(report)}`);
      for (const [what, count] of report.made) print(`also created ${count} ${what}${count === 1 ? '' : 's'}`);
      if (report.failed > 0) process.exitCode = 1;
    }
  });
}

function summary({ created, updated, restored, unchanged, failed }: ImportReport): string {
  return `created ${created}, updated ${updated}, restored ${restored}, unchanged ${unchanged}, failed ${failed}`;
}

/** A line on standard error. Keys and values of the file may be in it, but no control characters of theirs. */
function tell(line: string): void {
  process.stderr.write(`${line.replace(/\p{Cc}/gu, ' ')}\n`);
}

const HELP = `
Keys and columns:
${ENTITY_NAMES.map((name) => wrapped(`  ${name}: ${Object.keys(entityNamed(name).line).join(', ')}`)).join('\n')}

  A record is found by trackingId, else by id, and made where there is none. What a line leaves out stays as it is; null
  clears it. Names (clientGroup, region, type, assignedCsm …) stand for ids (clientGroupId …); what the firm has none of
  that name is made. Employees are named "Ann Lee <ann@example.com>" or, where one has the name, "Ann Lee". Clients
  (parent, client) are named by trackingId. In place of a name a key may stand, as in the API: { "trackingId": … } in JSON,
  and columns such as client.trackingId, assignedCsm.email or region.externalId.crm.

JSON Lines: one object a line, the input of upsertClient or upsertClientContact.
CSV: a header, then a record a row. Columns are the keys above, with the parts of objects behind a point: name,
  address.city, person.lastName, customFields.services, externalIds.stripe. Items of a list stand between | as in a|b;
  accountTeam is JSON, and externalIds.# the order of the external ids, as in stripe|zendesk. An empty cell leaves the field as it is and null clears it; \\null is the text null, and \\ the
  empty text. Columns are separated by commas, semicolons or tabs.

Failed lines are reported on stderr with their numbers, and a summary is printed on stdout. The exit code is 1 if any line failed.`;

function wrapped(text: string): string {
  const [, indent = ''] = /^( *)/.exec(text) ?? [];
  return text.replace(/(.{1,116})(?: |$)/g, `$1\n${indent}  `).trimEnd();
}
