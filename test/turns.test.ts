/** Writers of one record within a process: none undoes another's work, and none tries for ever. */
import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../src/base/ids.ts';
import { equals } from '../src/database/sql/conditions.ts';
import { readRows, wholeRow } from '../src/database/sql/read.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { type CountingDatabase, counting } from './support/counting.ts';
import { freshDatabase } from './support/database.ts';
import { make } from './support/records.ts';

let app: TestApp;
let database: CountingDatabase;
let firm: TestFirm;
beforeEach(async () => {
  database ??= await counting(await freshDatabase());
  app ??= await startApp(database);
  firm = await app.firm();
});

/** How many commits were tried while `act` ran. */
async function commitsOf(act: () => Promise<unknown>): Promise<number> {
  return (await database.statementsOf(act)).filter((statement) => statement === 'commit').length;
}

const patchOf = (type: string) =>
  `mutation ($id: ID!, $input: Patch${type}Input!) { patch${type}(by: { id: $id }, input: $input) { changedFields } }`;
const upsertOf = (type: string) =>
  `mutation ($input: Upsert${type}Input!) { upsert${type}(input: $input) { result changedFields } }`;
const DELETE = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';
const MERGE =
  'mutation ($sourceId: ID!, $targetId: ID!) { mergeClients(source: { id: $sourceId }, target: { id: $targetId }) { client { note } } }';

describe('writers of one record', () => {
  it('take turns, by whichever of its keys they address it', async () => {
    const client = await make(firm, 'Client', { name: 'C', trackingId: 'C' });
    const role = await make(firm, 'ContactRole', { name: 'R' });
    const who = { lastName: 'C', trackingId: 'C', client: { id: client.id }, role: { id: role.id } };
    const contact = await make(firm, 'ClientContact', who, 'id');
    for (const [type, { id }, field] of [
      ['Client', client, 'note'],
      ['ClientContact', contact, 'notes'],
    ] as const) {
      const input = (index: number) => ({ [field]: `${index}` });
      const write = (index: number) =>
        index % 2 === 0
          ? firm.ok(patchOf(type), { id, input: input(index) })
          : firm.ok(upsertOf(type), { input: { trackingId: 'C', ...input(index) } });
      // Each changes what the one before wrote, so each is one commit, and none was tried in vain.
      expect(await commitsOf(() => Promise.all(Array.from({ length: 20 }, (_, index) => write(index))))).toBe(20);
    }
  });

  it('take turns with a merge, and with one that deletes it', async () => {
    const [source, target] = [await make(firm, 'Client', { name: 'S' }), await make(firm, 'Client', { name: 'T' })];
    const patch = (id: string, note: string) => firm.run(patchOf('Client'), { id, input: { note } });
    const merge = () => firm.run(MERGE, { sourceId: source.id, targetId: target.id });
    const remove = () => firm.run(DELETE, { id: target.id });
    for (const writing of [
      () => [patch(target.id, 'target'), patch(source.id, 'source'), merge()],
      () => [patch(target.id, 'last'), remove()],
    ]) {
      let done = 0;
      const commits = await commitsOf(async () => {
        for (const { errors } of await Promise.all(writing())) done += errors ? 0 : 1;
      });
      // A record that is gone by its turn is not found, and nothing is tried.
      expect(commits).toBe(done);
      expect(done).toBeGreaterThan(0);
    }
  });
});

describe('a write that can never succeed', () => {
  it('ends after a few attempts, as a fault of the server', async () => {
    const role = await make(firm, 'ContactRole', { name: 'R' });
    const contact = { lastName: 'Claimed', role: { id: role.id } };
    const client = await make(firm, 'Client', { name: 'C', contacts: [contact] }, 'id contacts { nodes { id } }');
    const [{ id }] = client.contacts.nodes;
    const [row] = await readRows(database, wholeRow('ClientContact'), equals('id', id));
    await firm.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { clientContact { id } } }', { id });
    // Nobody has the name, and yet it is taken: no write of ours leaves a deleted contact with such a claim.
    const broken = { ...row, id: newId('ClientContact'), deletedAt: row?.createdAt };
    await database.$commit([{ kind: 'insert', model: 'ClientContact', rows: [broken] }]);
    const create = `mutation ($input: CreateClientContactInput!) {
      createClientContact(input: $input) { clientContact { id } }
    }`;
    const input = { ...contact, client: { id: client.id } };
    const failing = async () => {
      const error = await firm.fails(create, { input });
      expect(error).toMatchObject({ status: 500, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    };
    expect(await commitsOf(failing)).toBe(5);
  });
});
