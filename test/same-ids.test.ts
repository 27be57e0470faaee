/** What becomes of a record whose id another process gives to a record at the same moment. */
import { expect, it } from 'vitest';
import type { Db } from '../src/database/client.ts';
import { createToken, listTokens } from '../src/firms/tokens.ts';
import { startApp } from './support/app.ts';
import { freshDatabase } from './support/database.ts';
import { committing } from './support/sql.ts';

/** The same database, on which somebody else was quicker to write the first row of each table under the same id. */
function beaten(database: Db): Db {
  const met = new Set<string>();
  return committing(database, async (writes) => {
    for (const write of writes) {
      if (write.kind !== 'insert' || met.has(write.model)) continue;
      if (!['Client', 'Employee', 'CustomField', 'Token'].includes(write.model)) continue;
      met.add(write.model);
      const other = {
        trackingId: null,
        name: 'Theirs',
        nameFolded: 'theirs',
        key: 'theirs',
        hash: 'theirs',
        number: 99,
      };
      const rows = write.rows.map((row) => ({
        ...row,
        ...Object.fromEntries(Object.entries(other).filter(([column]) => column in row)),
      }));
      await database.$commit([{ ...write, rows }]);
    }
    return database.$commit(writes);
  });
}

it('is written under another id', async () => {
  const database = await freshDatabase();
  const slow = await (await startApp(beaten(database))).firm();
  const { upsertClient } = await slow.ok(
    'mutation { upsertClient(input: { trackingId: "1", name: "Ours" }) { result client { id name locations { nodes { name } } } } }',
  );
  expect(upsertClient).toMatchObject({
    result: 'CREATED',
    client: { name: 'Ours', locations: { nodes: [{ name: 'Main' }] } },
  });
  await slow.ok('mutation { createEmployee(input: { name: "Ours" }) { employee { id } } }');
  await slow.ok('mutation { createCustomField(input: { name: "Ours", type: TEXT }) { customField { id } } }');
  const { employees, customFields } = await slow.ok('{ employees { nodes { id name } } customFields { id name } }');
  expect(employees.nodes.map(({ name }: { name: string }) => name)).toEqual(['Ours', 'Theirs']);
  expect(new Set(employees.nodes.map(({ id }: { id: string }) => id)).size).toBe(2);
  expect(customFields.map(({ name }: { name: string }) => name).sort()).toEqual(['Ours', 'Theirs']);
  const { id } = await createToken(beaten(database), { firmId: slow.id, name: 'Ours', role: 'READER' });
  const tokens = await listTokens(database, slow.id);
  expect(tokens.filter(({ name }) => name === 'Ours' || name === 'Theirs').map((token) => token.id === id)).toEqual(
    expect.arrayContaining([true, false]),
  );
});
