/** What is set for a database as a whole, by whoever runs the server, changes nothing of what is read. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { raw, sql } from '../../src/database/sql/sql.ts';
import { startApp } from '../support/app.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';
import { make } from '../support/records.ts';
import { query } from '../support/sql.ts';

it.runIf(provider === 'postgres').each([
  ['datestyle', `'SQL, DMY'`],
  ['timezone', `'Asia/Kolkata'`],
  ['extra_float_digits', '-5'],
  ['standard_conforming_strings', 'off'],
])('%s = %s', async (setting, value) => {
  const databaseUrl = await freshDatabaseUrl();
  const set = await openDatabase({ databaseUrl, poolSize: 1 });
  const [{ name } = { name: '' }] = await query<{ name: string }>(set, sql`SELECT current_database() AS "name"`);
  await query(set, sql`${raw(`ALTER DATABASE "${name}" SET ${setting} = ${value}`)}`);
  await set.$close();

  const database = await openDatabase({ databaseUrl, poolSize: 8 });
  try {
    const firm = await (await startApp(database)).firm();
    await make(firm, 'CustomField', { name: 'Number', type: 'NUMBER' });
    const customFields = { number: 1.1234567890123457 };
    const selection = 'name createdAt customFields clientGroup { createdAt }';
    const input = { name: `A \\ 'b'`, customFields };
    const { clientGroup, ...made } = await make(firm, 'Client', input, selection);
    const filter = {
      createdAt: { equals: made.createdAt },
      customFields: [{ key: 'number', gte: customFields.number, lte: customFields.number }],
    };
    const document = `query ($filter: ClientFilter) { clients(filter: $filter, search: "\\\\ 'b") { nodes { ${selection} } } }`;
    const { clients } = await firm.ok(document, { filter });
    expect(clients.nodes).toEqual([{ ...made, clientGroup }]);
    expect(made).toMatchObject(input);
    expect(Math.abs(Date.parse(made.createdAt) - Date.parse(clientGroup.createdAt))).toBeLessThan(60_000);
  } finally {
    await database.$close();
  }
});
