/** What was measured, as a table for the terminal, a page and a chart to keep. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.js';

export const LABELS = {
  clientele: 'Clientele',
  against: 'Clientele, the other checkout',
  floor: 'floor',
  bare: 'floor, no change record',
  postgraphile: 'PostGraphile 5',
};

export const median = (numbers) => {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Median, least and most of what the rounds gave; undefined where it could not be measured. */
function summed(rounds, of) {
  const values = rounds.map(of).filter((value) => value !== undefined && !Number.isNaN(value));
  return values.length === 0
    ? undefined
    : { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** One row for each operation and contender. Ratios are those of the rounds, in which both had the same minute. */
export function summarise({ measured }) {
  return measured.flatMap(({ operation, title, rounds }) =>
    Object.entries(rounds).map(([contender, own]) => {
      const against = (name, of) =>
        rounds[name] && name !== contender
          ? summed(own, (round) => of(round, rounds[name][own.indexOf(round)]))
          : undefined;
      return {
        operation,
        title,
        contender,
        rate: summed(own, ({ rate }) => rate),
        cpu: summed(own, ({ cpu }) => cpu),
        database: summed(own, ({ database }) => database),
        p50: summed(own, ({ p50 }) => p50),
        p99: summed(own, ({ p99 }) => p99),
        share: summed(own, ({ share }) => share),
        load: summed(own, ({ load }) => load),
        others: summed(own, ({ others }) => others),
        ofFloor: against('floor', (one, floor) => one.rate / floor.rate),
        cpuOfFloor: against('floor', (one, floor) => one.cpu / floor.cpu),
        ofClientele: contender === 'against' ? against('clientele', (one, own) => one.rate / own.rate) : undefined,
        cpuOfClientele: contender === 'against' ? against('clientele', (one, own) => one.cpu / own.cpu) : undefined,
        ofPostgraphile: against('postgraphile', (one, other) => one.rate / other.rate),
      };
    }),
  );
}

const whole = (number) => Math.round(number).toLocaleString('en');
const spread = (value, show = whole) =>
  value === undefined ? '–' : `${show(value.median)} (${show(value.least)}–${show(value.most)})`;
const middle = (value, show) => (value === undefined ? '–' : show(value.median));
const percent = (number) => `${Math.round(number * 100)} %`;
const fixed = (digits) => (number) => number.toFixed(digits);

const COLUMNS = [
  ['operation', ({ operation }) => operation],
  ['', ({ contender }) => LABELS[contender]],
  ['requests/s', ({ rate }) => spread(rate)],
  ['server CPU µs', ({ cpu }) => spread(cpu)],
  ['database CPU µs', ({ database }) => middle(database, whole)],
  ['p50 ms', ({ p50 }) => middle(p50, fixed(1))],
  ['p99 ms', ({ p99 }) => middle(p99, fixed(1))],
  ['server core', ({ share }) => middle(share, percent)],
  ['other core', ({ load }) => middle(load, percent)],
  ['rate : floor', ({ ofFloor }) => spread(ofFloor, fixed(2))],
  ['CPU : floor', ({ cpuOfFloor }) => middle(cpuOfFloor, fixed(2))],
  ['rate : Clientele', ({ ofClientele }) => spread(ofClientele, fixed(2))],
  ['CPU : Clientele', ({ cpuOfClientele }) => spread(cpuOfClientele, fixed(2))],
  ['rate : PostGraphile', ({ ofPostgraphile }) => spread(ofPostgraphile, fixed(2))],
];

function tableOf(rows) {
  const columns = COLUMNS.filter(([, show]) => rows.some((row) => show(row) !== '–'));
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, show]) => show(row)))];
  const widths = columns.map((_, column) => Math.max(3, ...cells.map((line) => line[column].length)));
  const line = (texts) =>
    `| ${texts.map((text, column) => (column < 2 ? text.padEnd(widths[column]) : text.padStart(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Prints the results and, where `out` says so, keeps them. */
export function report(results, options) {
  const summaries = results.map((result) => ({ ...result, rows: summarise(result) }));
  const text = page(summaries, options);
  process.stdout.write(`${text}\n`);
  writeFileSync(
    join(options.folder, 'results.json'),
    `${JSON.stringify({ options: told(options), results }, null, 1)}\n`,
  );
  if (options.out === undefined) return;
  writeFileSync(`${options.out}.md`, `${text}\n`);
  writeFileSync(`${options.out}.svg`, chart(summaries));
}

function page(summaries, options) {
  const { clients, rounds, seconds, connections, cores, version } = options;
  const where = cores
    ? `The server has core ${cores.server} to itself, load and database share core ${cores.load}.`
    : 'Cores could not be assigned (no `taskset`, or only one): server, load and database share them all.';
  const parts = [
    '# Bench',
    `\`npm run bench\`: ${whole(clients)} clients, about three contacts each; ${connections} connections; ${rounds} rounds of ${seconds} s in which each contender has its turn; medians (least–most).`,
    `${where} ${cpus()[0]?.model.trim() ?? 'Unknown processor'}, ${options.cores ? '' : 'one core, '}Node ${version.replace('v', '')}. Commit ${commit()}.`,
    'The floor is node:http with the raw driver and one prepared statement an operation, the database building the JSON; it knows no GraphQL, no tokens, no limits and no log. All answers were compared and found equal before the timing. “Server CPU” is what the server process took per request on all its threads; “server core” is how busy that kept its core, and “other core” how busy the database and the load kept theirs: where that is near 100 %, the rate is theirs and not the server’s.',
    ...summaries.map(section),
  ];
  return parts.join('\n\n');
}

function section({ provider, server, fields, rows, memory }) {
  const titles = [...new Map(rows.map(({ operation, title }) => [operation, title]))];
  const held = Object.entries(memory).filter(([name]) => name !== 'bare');
  const disturbed = rows.filter(({ others }) => others !== undefined && others.median > 0.05);
  return [
    `## ${provider === 'sqlite' ? 'SQLite' : 'Postgres'}`,
    `${server}; ${fields} custom fields.`,
    titles.map(([operation, title]) => `- ${operation}: ${title}`).join('\n'),
    tableOf(rows),
    `Memory of the servers afterwards: ${held.map(([name, megabytes]) => `${LABELS[name]} ${middle({ median: megabytes ?? Number.NaN }, whole)} MB`).join(', ')}.`,
    ...(disturbed.length > 0
      ? [
          `**Disturbed**: other programs took ${percent(Math.max(...disturbed.map(({ others }) => others.median)))} of the server’s core in some of these; rates are too low there, and CPU times somewhat too high.`,
        ]
      : []),
  ].join('\n\n');
}

function commit() {
  try {
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const git = (...args) =>
      execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'prisma') ? ' with changes' : '')
    );
  } catch {
    return process.env.BENCH_COMMIT ?? 'unknown';
  }
}

function told({ databases, clients, rounds, seconds, warmup, connections, cores, version }) {
  return { databases, clients, rounds, seconds, warmup, connections, cores, version };
}
