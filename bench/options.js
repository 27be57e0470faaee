/** The command line of the bench. */
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONTENDERS } from './contenders.js';

const OPTIONS = {
  databases: ['sqlite,postgres', 'Which databases.'],
  operations: [
    '',
    'Which operations, by name; `nested`: all nested connections. By default all but common, range, wide, search, word.',
  ],
  contenders: [
    Object.keys(CONTENDERS)
      .filter((name) => name !== 'against')
      .join(),
    'Which contenders; see contenders.js.',
  ],
  clients: ['10000', 'Clients in the firm. Each has about three contacts.'],
  fields: ['6', 'Custom fields with values, up to 6.'],
  rounds: ['5', 'Rounds. In each, every contender runs once, in turn.'],
  seconds: ['2', 'Seconds of load per contender and round.'],
  warmup: ['2', 'Seconds of load before the first round.'],
  share: ['0', 'workers.js: the share of a core that each worker may take, for which it takes root; 0: all of it.'],
  connections: ['16', 'Connections, each with one request under way.'],
  node: [
    process.execPath,
    'The Node binary that runs the servers; for another version than this one an install is made.',
  ],
  against: ['', 'Another checkout of Clientele, built: takes part as `against`, to see what a change gives.'],
  folder: [process.env.BENCH_FOLDER || join(tmpdir(), 'clientele-bench'), 'Where databases and installs are kept.'],
  out: [fileURLToPath(new URL('./results', import.meta.url)), 'Where the results go, without ending: .md and .svg.'],
};

const FLAGS = {
  fresh: 'Make the databases anew, also when there are some of this size.',
  'no-out': 'Print only.',
  readme: 'Write the tables into README.md too.',
  help: 'Show this.',
};

/** Reads the options; prints the help and ends where it is asked for. */
export function readOptions(what, args = process.argv.slice(2), defaults = {}) {
  const chosen = Object.entries(OPTIONS).map(([name, [value]]) => [
    name,
    { type: 'string', default: defaults[name] ?? value },
  ]);
  const flags = Object.keys(FLAGS).map((name) => [name, { type: 'boolean', default: false }]);
  const { values } = parseArgs({ args, options: Object.fromEntries([...chosen, ...flags]) });
  if (values.help) {
    const lines = [
      ...chosen.map(([name, { default: value }]) => `  --${name.padEnd(12)} ${OPTIONS[name][1]} (${value || '–'})`),
      ...Object.entries(FLAGS).map(([name, says]) => `  --${name.padEnd(12)} ${says}`),
    ];
    process.stdout.write(
      `${what}\n\n${lines.join('\n')}\n\nBENCH_DATABASE_URL: a running Postgres server to use instead of one from npm.\n`,
    );
    process.exit(0);
  }
  const list = (text) => text.split(',').filter(Boolean);
  const number = (name) => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number`);
    return value;
  };
  return {
    databases: list(values.databases),
    operations: list(values.operations),
    contenders: [...list(values.contenders), ...(values.against ? ['against'] : [])],
    against: values.against,
    clients: number('clients'),
    fields: number('fields'),
    rounds: number('rounds'),
    seconds: number('seconds'),
    warmup: number('warmup'),
    share: number('share'),
    connections: number('connections'),
    node: values.node,
    folder: values.folder,
    out: values['no-out'] ? undefined : values.out,
    readme: values.readme,
    fresh: values.fresh,
    cores: availableParallelism(),
  };
}
