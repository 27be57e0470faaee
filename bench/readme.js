/** The tables in README.md: rates and CPU times of all contenders, and how Clientele compares with each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CONTENDERS } from './contenders.js';
import { megabytes } from './size.js';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- Written by npm run bench -- --readme -->';
const END = '<!-- End of what it writes -->';

const whole = (number) => Math.round(number).toLocaleString('en');

/** Replaces the tables. `about` describes the run. */
export function putIntoReadme(summaries, about) {
  const text = readFileSync(README, 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`README.md has no place between “${BEGIN}” and “${END}”`);
  const legend = [
    `The [last run](bench/results.md): ${about}. Medians of requests per second and of the server’s CPU time per request; in bold,`,
    'Clientele’s rate divided by that of the column, so above 1 Clientele is faster. On SQLite every commit waits for the disk',
    '(`synchronous=FULL`), except in the column with `NORMAL`; on Postgres none does.',
  ].join('\n');
  const tables = summaries.toSorted((one, other) => (one.provider < other.provider ? -1 : 1)).map(tableOf);
  const block = [BEGIN, legend, ...tables, ''].join('\n\n');
  writeFileSync(README, text.slice(0, before) + block + text.slice(after));
}

function tableOf({ provider, rows, sizes }) {
  const shown = rows.filter(({ nested, contender }) => !nested && contender !== 'bare' && contender !== 'against');
  const contenders = Object.keys(CONTENDERS).filter((name) => shown.some(({ contender }) => contender === name));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const titles = new Map(shown.map(({ operation, title }) => [operation, title]));
  const cell = (row) => {
    if (!row) return '–';
    const absolute = `${whole(row.rate.median)}/s${row.cpu ? `, ${whole(row.cpu.median)} µs` : ''}`;
    return row.rateRatio ? `**${row.rateRatio.median.toFixed(2)}** (${absolute})` : absolute;
  };
  const size = (name) => (CONTENDERS[name].plain ? sizes.plain : sizes.ours);
  return [
    line([provider === 'sqlite' ? 'SQLite' : 'Postgres', ...contenders.map((name) => CONTENDERS[name].label)]),
    line(['---', ...contenders.map(() => '---')]),
    ...[...titles].map(([operation, title]) =>
      line([
        `${operation}: ${title}`,
        ...contenders.map((name) => cell(shown.find((row) => row.operation === operation && row.contender === name))),
      ]),
    ),
    line(['size on disk', ...contenders.map((name) => megabytes(size(name)))]),
  ].join('\n');
}
