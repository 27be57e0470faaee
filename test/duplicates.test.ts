/** Finding records that are the same, and merging them without losing anything. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../src/firms/tokens.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';

let app: TestApp;
let firm: TestFirm;
let roleId: string;
beforeEach(async () => {
  app ??= await startApp();
  firm = await app.firm();
  const { createContactRole } = await firm.ok(
    'mutation { createContactRole(input: { name: "Adjuster" }) { contactRole { id } } }',
  );
  roleId = createContactRole.contactRole.id;
});

const CREATE = `mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id contacts { nodes { id } } } } }`;
const MERGE = `mutation ($sourceId: ID!, $targetId: ID!, $input: PatchClientInput) {
  mergeClients(source: { id: $sourceId }, target: { id: $targetId }, input: $input) {
    changedFields
    client { id name note tags npsScore trackingId email address { city } externalIds { system id } customFields
      parent { id } children { nodes { id } } primaryContact { id }
      locations { nodes { name isPrimary } } contacts { nodes { id location { name } } } }
  }
}`;
const MERGE_CONTACTS = `mutation ($sourceId: ID!, $targetId: ID!, $input: PatchClientContactInput) {
  mergeClientContacts(source: { id: $sourceId }, target: { id: $targetId }, input: $input) {
    changedFields clientContact { id firstName email phoneMobile notes adminNotes trackingId client { primaryContact { id } } }
  }
}`;

async function client(input: Record<string, unknown>) {
  return (await firm.ok(CREATE, { input })).createClient.client;
}

const contact = (lastName: string, more: Record<string, unknown> = {}) => ({
  firstName: 'Sam',
  lastName,
  roleId,
  ...more,
});

describe('duplicateClients and duplicateClientContacts', () => {
  it('list groups that share a name, an e-mail address or a phone number', async () => {
    const one = await client({ name: 'Straße 1', email: 'A@example.com', phone: '+442079460958' });
    const two = await client({
      name: 'STRASSE 1',
      email: 'other@example.com',
      altPhone: '+442079460958',
    });
    const three = await client({ name: 'Else', email: 'a@EXAMPLE.com' });
    await client({ name: 'Alone', email: 'alone@example.com' });
    const groups = async (by: string) =>
      (await firm.ok(`{ duplicateClients(by: ${by}) { totalCount nodes { value count clients { id name } } } }`))
        .duplicateClients;
    const preceded = async (after: string) => {
      const document = `query ($after: String) { duplicateClients(after: $after) { pageInfo { hasPreviousPage } } }`;
      return (await firm.ok(document, { after })).duplicateClients.pageInfo.hasPreviousPage;
    };
    expect([await preceded(''), await preceded('a'), await preceded('strasse 1')]).toEqual([false, false, true]);
    expect(await groups('NAME')).toMatchObject({
      totalCount: 1,
      nodes: [{ value: 'strasse 1', count: 2, clients: [{ id: one.id }, { id: two.id }] }],
    });
    expect((await groups('EMAIL')).nodes).toMatchObject([
      { value: 'a@example.com', clients: [{ id: one.id }, { id: three.id }] },
    ]);
    expect((await groups('PHONE')).nodes).toMatchObject([
      { value: '442079460958', clients: [{ id: one.id }, { id: two.id }] },
    ]);
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: two.id });
    expect((await groups('NAME')).nodes).toEqual([]);
  });

  it('page through the groups', async () => {
    for (const name of ['a', 'b', 'c']) for (let twin = 0; twin < 2; twin++) await client({ name });
    const page =
      'query ($after: String) { duplicateClients(first: 2, after: $after) { edges { cursor node { value } } pageInfo { hasNextPage endCursor } } }';
    const first = (await firm.ok(page)).duplicateClients;
    expect(first.edges.map(({ node }: { node: { value: string } }) => node.value)).toEqual(['a', 'b']);
    const second = (await firm.ok(page, { after: first.pageInfo.endCursor })).duplicateClients;
    expect(second).toMatchObject({ edges: [{ node: { value: 'c' } }], pageInfo: { hasNextPage: false } });
  });

  it('list contacts that share a phone number however it is written', async () => {
    await client({
      name: 'A',
      contacts: [
        contact('One', { phoneOffice: '+1 404-555-5555' }),
        contact('Two', { phoneMobile: '1 (404) 555 5555' }),
      ],
    });
    const { duplicateClientContacts } = await firm.ok(
      '{ duplicateClientContacts(by: PHONE) { nodes { value contacts { lastName } } } }',
    );
    expect(duplicateClientContacts.nodes).toEqual([
      { value: '14045555555', contacts: [{ lastName: 'One' }, { lastName: 'Two' }] },
    ]);
  });
});

describe('mergeClients', () => {
  it('moves everything over, and the source is found as the target', async () => {
    await firm.ok('mutation { createCustomField(input: { name: "Level", type: TEXT }) { customField { key } } }');
    const source = await client({
      name: 'Source',
      trackingId: 'S-1',
      note: 'from source',
      tags: ['a', 'b'],
      npsScore: 7,
      email: 's@example.com',
      address: { city: 'Cardiff' },
      externalIds: [
        { system: 'zendesk', id: 'z-s' },
        { system: 'stripe', id: 'st-s' },
      ],
      customFields: { level: 'gold' },
      contacts: [contact('Mover')],
    });
    const below = await client({ name: 'Below', parent: { id: source.id } });
    const target = await client({
      name: 'Target',
      trackingId: 'T-1',
      note: 'from target',
      tags: ['b', 'c'],
      externalIds: [{ system: 'zendesk', id: 'z-t' }],
    });
    const merged = (await firm.ok(MERGE, { sourceId: source.id, targetId: target.id })).mergeClients.client;
    expect(merged).toMatchObject({
      id: target.id,
      name: 'Target',
      trackingId: 'T-1',
      note: 'from target\n\nfrom source',
      tags: ['b', 'c', 'a'],
      npsScore: 7,
      email: 's@example.com',
      address: { city: 'Cardiff' },
      externalIds: [
        { system: 'zendesk', id: 'z-t' },
        { system: 'stripe', id: 'st-s' },
      ],
      customFields: { level: 'gold' },
      children: { nodes: [{ id: below.id }] },
      contacts: { nodes: [{ id: source.contacts.nodes[0].id }] },
    });
    expect(merged.locations.nodes.filter(({ isPrimary }: { isPrimary: boolean }) => isPrimary)).toHaveLength(1);
    expect(merged.locations.nodes).toHaveLength(2);
    const keys = [
      `id: "${source.id}"`,
      'trackingId: "S-1"',
      'externalId: { system: "zendesk", id: "z-s" }',
      'externalId: { system: "stripe", id: "st-s" }',
    ];
    for (const key of keys) expect((await firm.ok(`{ client(by: { ${key} }) { id } }`)).client.id).toBe(target.id);
    const upsert =
      'mutation { upsertClient(input: { trackingId: "S-1", companyName: "Still pushed" }) { result client { id trackingId } } }';
    expect((await firm.ok(upsert)).upsertClient).toEqual({
      result: 'UPDATED',
      client: { id: target.id, trackingId: 'T-1' },
    });
    expect(
      (await firm.fails('mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }', { id: source.id }))
        .status,
    ).toBe(409);
    const ended = { kind: 'MERGED', entityId: source.id, after: expect.objectContaining({ mergedIntoId: target.id }) };
    const read = async () =>
      (await firm.ok('{ changes(first: 250, entities: [CLIENT]) { nodes { kind entityId after } } }')).changes.nodes;
    await expect.poll(read, { timeout: 20_000 }).toContainEqual(ended);
  });

  it('lets the input decide where both have a value', async () => {
    const [source, target] = [await client({ name: 'Better name' }), await client({ name: 'Old' })];
    const merged = (await firm.ok(MERGE, { sourceId: source.id, targetId: target.id, input: { name: 'Better name' } }))
      .mergeClients;
    expect(merged).toMatchObject({ changedFields: ['name'], client: { name: 'Better name' } });
  });

  it('makes no cycle when the target was below the source', async () => {
    const top = await client({ name: 'Top' });
    const source = await client({ name: 'Source', parent: { id: top.id } });
    const middle = await client({ name: 'Middle', parent: { id: source.id } });
    const target = await client({ name: 'Target', parent: { id: middle.id } });
    const deep = (await firm.ok(MERGE, { sourceId: source.id, targetId: target.id })).mergeClients.client;
    expect(deep.parent.id).toBe(middle.id);
    const { client: moved } = await firm.ok(`{ client(by: { id: "${middle.id}" }) { parent { id } } }`);
    expect(moved.parent.id).toBe(top.id);
    const last = (await firm.ok(MERGE, { sourceId: middle.id, targetId: target.id })).mergeClients.client;
    expect(last.parent.id).toBe(top.id);
    const { client: found } = await firm.ok(`{ client(by: { id: "${source.id}" }) { id } }`);
    expect(found.id).toBe(target.id);
  });

  it('refuses a client with itself, and one that is not there', async () => {
    const { id } = await client({ name: 'One' });
    expect((await firm.fails(MERGE, { sourceId: id, targetId: id })).extensions.fields).toMatchObject([
      { path: ['target'] },
    ]);
    expect(await firm.fails(MERGE, { sourceId: id, targetId: 'client_0' })).toMatchObject({
      status: 404,
      extensions: { fields: [{ path: ['target'] }] },
    });
  });

  it('merges once when it is asked twice at once', async () => {
    const [source, target] = [await client({ name: 'S', contacts: [contact('Once')] }), await client({ name: 'T' })];
    const answers = await Promise.all([1, 2].map(() => firm.run(MERGE, { sourceId: source.id, targetId: target.id })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });
});

describe('mergeClientContacts', () => {
  it('leaves one contact with what both had, found by the keys of both', async () => {
    const made = await client({
      name: 'C',
      contacts: [
        contact('Twin', { trackingId: 'k-1', email: 'a@example.com', adminNotes: 'one' }),
        contact('Twin', { trackingId: 'k-2', phoneMobile: '12345678', adminNotes: 'two' }),
      ],
      allowDuplicateContacts: true,
    });
    const [source, target] = made.contacts.nodes.map(({ id }: { id: string }) => id);
    await firm.ok(
      'mutation ($id: ID!, $contact: ID!) { patchClient(by: { id: $id }, input: { primaryContact: { id: $contact }}) { changedFields } }',
      { id: made.id, contact: source },
    );
    const token = await createToken(app.database, {
      firmId: firm.id,
      name: 'portal',
      role: 'CONTACT',
      contactId: source,
    });
    const merged = (await firm.ok(MERGE_CONTACTS, { sourceId: source, targetId: target })).mergeClientContacts
      .clientContact;
    expect(merged).toMatchObject({
      id: target,
      email: 'a@example.com',
      phoneMobile: '12345678',
      trackingId: 'k-2',
      adminNotes: 'two\n\none',
      client: { primaryContact: { id: target } },
    });
    for (const key of [`id: "${source}"`, 'trackingId: "k-1"']) {
      expect((await firm.ok(`{ clientContact(by: { ${key} }) { id } }`)).clientContact.id).toBe(target);
    }
    const { data } = await app.send(token.secret, `{ clientContact(by: { id: "${target}" }) { id } }`);
    expect(data).toEqual({ clientContact: { id: target } });
    const again = await firm.ok(
      'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input, allowDuplicates: true) { clientContact { id } } }',
      { input: contact('Twin', { client: { id: made.id } }) },
    );
    expect(again.createClientContact.clientContact.id).not.toBe(source);
  });
});
