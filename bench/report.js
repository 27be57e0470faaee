/** What was measured, as a table for the terminal, a page and a chart to keep. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.js';
import { CONTENDERS } from './contenders.js';
import { putIntoReadme } from './readme.js';
import { megabytes } from './size.js';

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
function summarise({ measured }) {
  return measured.flatMap(({ operation, title, nested, rounds }) =>
    Object.keys(CONTENDERS)
      .filter((contender) => rounds[contender])
      .map((contender) => {
        const own = rounds[contender];
        const clientele = contender === 'clientele' ? undefined : rounds.clientele;
        const ratio = (of) => clientele && summed(own, (round) => of(clientele[own.indexOf(round)]) / of(round));
        return {
          operation,
          title,
          nested,
          contender,
          rate: summed(own, ({ rate }) => rate),
          cpu: summed(own, ({ cpu }) => cpu),
          database: summed(own, ({ database }) => database),
          p50: summed(own, ({ p50 }) => p50),
          p99: summed(own, ({ p99 }) => p99),
          share: summed(own, ({ share }) => share),
          load: summed(own, ({ load }) => load),
          others: summed(own, ({ others }) => others),
          rateRatio: ratio(({ rate }) => rate),
          cpuRatio: ratio(({ cpu }) => cpu),
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
  ['', ({ contender }) => CONTENDERS[contender].label],
  ['requests/s', ({ rate }) => spread(rate)],
  ['server CPU µs', ({ cpu }) => spread(cpu)],
  ['database CPU µs', ({ database }) => middle(database, whole)],
  ['p50 ms', ({ p50 }) => middle(p50, fixed(1))],
  ['p99 ms', ({ p99 }) => middle(p99, fixed(1))],
  ['server core', ({ share }) => middle(share, percent)],
  ['other core', ({ load }) => middle(load, percent)],
  ['rate: Clientele ÷ it', ({ rateRatio }) => spread(rateRatio, fixed(2))],
  ['CPU: Clientele ÷ it', ({ cpuRatio }) => middle(cpuRatio, fixed(2))],
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
  if (options.readme) putIntoReadme(summaries, about(options));
  if (options.out === undefined) return;
  writeFileSync(`${options.out}.md`, `${text}\n`);
  writeFileSync(`${options.out}.svg`, chart(summaries));
}

function about({ clients, rounds, seconds, connections, version }) {
  return `${whole(clients)} clients with about three contacts each, ${connections} connections, ${rounds} rounds of ${seconds} s, Node ${version.replace('v', '')}, commit ${commit()}`;
}

function page(summaries, options) {
  const { cores } = options;
  const where = cores
    ? `The server has core ${cores.server} to itself, load and database share core ${cores.load}.`
    : 'Cores could not be assigned (no `taskset`, or only one): server, load and database share them all.';
  const parts = [
    '# Bench',
    `\`npm run bench\`: ${about(options)}. In each round every contender has its turn; the tables show medians (least–most).`,
    `${where} ${cpus()[0]?.model.trim() ?? 'Unknown processor'}.`,
    'The floor is node:http with the raw driver and one prepared statement per operation, the database building the JSON; it has no GraphQL, tokens, limits or log. “Plain tables” (`plain.js`) hold the same rows as most people would store them: counting keys, ordinary foreign keys and indexes, custom-field values as rows, no change record. Ratios over plain tables include what our tables cost; ratios over our tables compare the programs alone.',
    'All answers were compared and found equal before the timing. “Server CPU” is the CPU time of the server process per request, on all its threads; “server core” is how busy that kept its core, and “other core” how busy the database and the load kept theirs: near 100 % there, the rate is limited by them and not by the server. In the last columns, Clientele’s figure is divided by that of the row: it is faster where the rate is above 1, and cheaper where the CPU time is below 1.',
    ...summaries.map(section),
  ];
  return parts.join('\n\n');
}

function section({ provider, server, fields, rows, memory, sizes }) {
  const titles = [...new Map(rows.map(({ operation, title }) => [operation, title]))];
  const held = Object.entries(memory).filter(([name]) => !CONTENDERS[name].writes);
  const disturbed = rows.filter(({ others }) => others !== undefined && others.median > 0.05);
  const durable =
    provider === 'sqlite'
      ? 'every commit waits for the disk (`synchronous=FULL`), except in the floor with `NORMAL`, which may lose the last ones in a power failure'
      : 'no commit waits for the disk (`fsync=off`, `synchronous_commit=off`)';
  return [
    `## ${provider === 'sqlite' ? 'SQLite' : 'Postgres'}`,
    `${server}; ${fields} custom fields; ${durable}.`,
    titles.map(([operation, title]) => `- ${operation}: ${title}`).join('\n'),
    tableOf(rows),
    `On disk before the run (\`node bench/size.js\` breaks it down by table and index): our tables ${megabytes(sizes.ours)}${sizes.plain ? `, plain tables ${megabytes(sizes.plain)}` : ''}.`,
    `Memory of the servers afterwards: ${held.map(([name, size]) => `${CONTENDERS[name].label} ${middle({ median: size ?? Number.NaN }, whole)} MB`).join('; ')}.`,
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
