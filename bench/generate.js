/**
 * Fills a database with the firm of the bench: N clients, each with about three contacts. Clients go through the
 * product's own write path over a database that only collects what it is told to write, so the rows are what the
 * product would have written; they are then written in bulk. The same arguments give the same rows, ids and instants.
 *
 *   node bench/generate.js --database postgresql://… --clients 1000000 [--fields 6] [--plain]
 *
 * With --plain, the same rows go into plain tables (plain.js).
 */
import { parseArgs } from 'node:util';
import { clientWrites } from '../dist/clients/clients.js';
import { createCustomField } from '../dist/custom-fields/custom-fields.js';
import { clientOn } from '../dist/database/client.js';
import { migrate } from '../dist/database/migrate.js';
import { openDatabase } from '../dist/database/open.js';
import {
  clientTypeKind,
  contactRoleKind,
  employeeKind,
  regionKind,
  successCycleKind,
} from '../dist/directory/directory.js';
import { createFirm } from '../dist/firms/firms.js';
import { createToken, findViewer } from '../dist/firms/tokens.js';
import { clientGroupKind } from '../dist/groups/groups.js';
import { createRecord } from '../dist/records/operations.js';
import { Batch, openBulk } from './bulk.js';
import {
  CYCLES,
  clientInput,
  creationOrder,
  EMPLOYEES,
  FIELDS,
  FIRM,
  GROUPS,
  hasChildren,
  REGIONS,
  ROLES,
  TOKENS,
  TYPES,
} from './sample.js';
import { seedProcess } from './seeded.js';

/** Clients written at a time. */
const BATCH = 5_000;
/** From here on indexes are made after the rows. */
const LARGE = 50_000;

/** Fills the empty database at `databaseUrl`. `says` is told how far it is. */
export async function generate({ databaseUrl, clients, fields: fieldCount, says }) {
  await migrate(databaseUrl);
  const database = await openDatabase({ databaseUrl, poolSize: 2 });
  const clock = seedProcess(20261121, '2025-01-01T00:00:00.000Z');
  const step = Math.floor(31_536_000_000 / Math.max(clients, 1));

  const firm = await createFirm(database, FIRM);
  for (const [role, secret] of Object.entries(TOKENS)) {
    await createToken(database, { firmId: firm.id, name: `bench ${role.toLowerCase()}`, role, secret });
  }
  const viewer = async () => findViewer(database, TOKENS.ADMIN);
  const fields = FIELDS.slice(0, fieldCount);
  for (const field of fields) {
    await createCustomField({ database, viewer: await viewer() }, { ...field, entity: 'CLIENT' });
  }
  const writer = { database, viewer: await viewer() };
  const named = async (kind, names) => {
    const ids = [];
    for (const name of names) ids.push((await createRecord(writer, kind, { name })).row.id);
    return ids;
  };
  const ids = {
    groups: await named(clientGroupKind, GROUPS),
    roles: await named(contactRoleKind, ROLES),
    employees: await named(employeeKind, EMPLOYEES),
    types: await named(clientTypeKind, TYPES),
    regions: await named(regionKind, REGIONS),
    cycles: await named(successCycleKind, CYCLES),
    parents: new Map(),
  };

  const batch = { current: new Batch() };
  const collecting = { database: await collector(database, batch), viewer: writer.viewer };
  const bulk = await openBulk(databaseUrl, { large: clients >= LARGE });
  let made = 0;
  // Parents are written first: a client's parent has to be in the database when the client is checked.
  for (const numbers of creationOrder(clients)) {
    for (const [index, number] of numbers.entries()) {
      clock.advance(step);
      const { row } = await clientWrites.create(collecting, clientInput(number, clients, { fields, ids }));
      if (hasChildren(number)) ids.parents.set(number, row.id);
      made++;
      if ((index + 1) % BATCH !== 0 && index + 1 < numbers.length) continue;
      await bulk.write(batch.current);
      batch.current = new Batch();
      says(`${made} of ${clients} clients`);
    }
  }
  says('indexes');
  await bulk.finish();
  await database.$close();
}

/**
 * The database as the write path sees it: writes are collected, reads answered and remembered. Of contacts the first
 * answer, that there are none, is held to; of twins by name the first one made then gets the claim to it.
 */
function collector({ $adapter: adapter }, batch) {
  const answers = new Map();
  const claimed = new Set();
  const claimedOnce = (row) => {
    if (row.nameClaim !== true) return row;
    if (claimed.has(row.nameFolded)) return { ...row, nameClaim: null };
    claimed.add(row.nameFolded);
    return row;
  };
  return clientOn({
    ...adapter,
    async cells(statement) {
      const ofContacts = statement.sql.includes('"ClientContact"');
      const key = ofContacts ? statement.sql : JSON.stringify([statement.sql, statement.values]);
      const known = answers.get(key);
      if (known) return known;
      const answer = await adapter.cells(statement);
      if (answers.size < 10_000) answers.set(key, answer);
      return answer;
    },
    async commit(writes) {
      for (const write of writes) {
        if (write.kind === 'insert') batch.current.add(write.model, write.rows.map(claimedOnce));
        else if (write.kind === 'record') batch.current.changes.push(...write.changes);
        // Requires the parent, which was just read.
        else if (write.kind !== 'require')
          throw new Error(`A new client should not need a write of kind ${write.kind}`);
      }
      return 'committed';
    },
  });
}

if (process.argv[1]?.endsWith('generate.js')) {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      clients: { type: 'string', default: '10000' },
      fields: { type: 'string', default: '6' },
      plain: { type: 'boolean', default: false },
    },
  });
  if (!values.database) throw new Error('--database is needed: file:… or postgresql://…, empty');
  const fill = values.plain ? (await import('./plain.js')).generatePlain : generate;
  await fill({
    databaseUrl: values.database,
    clients: Number(values.clients),
    fields: Number(values.fields),
    says: (what) => process.stderr.write(`\r${what}        `),
  });
  process.stderr.write('\n');
  process.exit(0);
}
