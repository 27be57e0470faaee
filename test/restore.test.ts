/** What goes with a client when it is deleted comes back with it. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { type Records, recordsOf } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
let records: Records;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  firm = await app.firm();
  records = await recordsOf(firm);
});

const CLIENT = `query ($id: ID!) { client(by: { id: $id }) {
  name primaryContact { id lastName } parent { id } children { nodes { name } }
  contacts { nodes { id lastName location { id } } } locations { nodes { id name isPrimary } } externalIds { system id }
} }`;
const DELETE = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';
const RESTORE = 'mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }';
const UPSERT = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result client { id } } }';

describe('a deleted client with contacts, locations and a primary contact', () => {
  it.each(['restoreClient', 'upsertClient'])('is as it was after %s', async (way) => {
    const id = records.ids.Client;
    const before = await firm.ok(CLIENT, { id });
    expect(before.client).toMatchObject({ primaryContact: { id: records.ids.ClientContact } });
    await firm.ok(DELETE, { id });
    expect(await firm.ok(CLIENT, { id })).toEqual({ client: null });
    expect((await firm.ok('{ clientContacts { totalCount } }')).clientContacts.totalCount).toBe(0);
    if (way === 'restoreClient') await firm.ok(RESTORE, { id });
    else expect((await firm.ok(UPSERT, { input: { trackingId: records.mark } })).upsertClient.client.id).toBe(id);
    expect(await firm.ok(CLIENT, { id })).toEqual(before);
  });

  it('comes back without a contact that was deleted before', async () => {
    const id = records.ids.Client;
    await firm.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { clientContact { id } } }', {
      id: records.ids.ClientContact,
    });
    await firm.ok(DELETE, { id });
    await firm.ok(RESTORE, { id });
    expect((await firm.ok(CLIENT, { id })).client).toMatchObject({ primaryContact: null, contacts: { nodes: [] } });
  });
});
