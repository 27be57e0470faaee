/** Two server processes on one database, raced against each other: whatever the order, each rule holds. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabaseUrl, provider } from './support/database.ts';
import { type RunningServer, serve } from './support/server.ts';

let databaseUrl: string;
let servers: RunningServer[] = [];
beforeAll(async () => {
  databaseUrl = await freshDatabaseUrl();
  servers = [await serve(databaseUrl), await serve(databaseUrl)];
});
afterAll(() => Promise.all(servers.map((server) => server.kill())));

type Input = Record<string, unknown>;

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is the document's; tests assert it
  data?: any;
  errors?: { message: string; extensions: { code: string; fields?: { path: unknown[]; code: string }[] } }[];
}

/** Asks one of the servers. */
const ask = (which: number, query: string, variables: Input = {}): Promise<Answer> => {
  const server = servers[which % servers.length];
  if (!server) throw new Error('There is no server');
  return server.ask(query, variables);
};

/** The same where no error is expected: answers the data. */
async function ok(which: number, query: string, variables: Input = {}) {
  const { data, errors } = await ask(which, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

/** Sends so many operations at once, to the servers in turn. */
const atOnce = <T>(count: number, send: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => send(index)));

/** How often each outcome came: OK, or the code of an error. */
function outcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { errors } of answers) {
    const outcome = errors?.map(({ extensions }) => extensions.code).join() ?? 'OK';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

const UPSERT =
  'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result changedFields client { id revision } } }';
const CREATE =
  'mutation ($input: CreateClientInput!, $key: String) { createClient(input: $input, idempotencyKey: $key) { client { id } } }';
const PATCH =
  'mutation ($id: ID!, $input: PatchClientInput!, $expected: Int) { patchClient(by: { id: $id }, input: $input, expectedRevision: $expected) { client { id } } }';
const CLIENTS =
  'query ($filter: ClientFilter) { clients(first: 50, filter: $filter) { nodes { id name revision clientGroup { id name } customFields history(first: 50) { nodes { after } } } } }';

const created = async (input: Input): Promise<string> => (await ok(0, CREATE, { input })).createClient.client.id;

it('undoes of writes at the same time only those that fail, and enters the others in the feed', async () => {
  await created({ name: 'Beside', trackingId: 'beside 0' });
  const { changes } = await ok(0, '{ changes(first: 100) { pageInfo { endCursor } } }');
  const answers = await atOnce(30, (index) => {
    const trackingId = index % 3 === 0 ? 'beside 0' : `beside ${index}`;
    // All to one server, where they are committed together.
    return ask(0, CREATE, { input: { name: `Beside ${index}`, trackingId } });
  });
  expect(outcomes(answers)).toEqual({ OK: 20, DUPLICATE: 10 });
  const ids = answers.flatMap(({ data }) => data?.createClient?.client.id ?? []);
  const after = changes.pageInfo.endCursor;
  const CHANGES =
    'query ($after: String) { changes(first: 100, after: $after, entities: [CLIENT]) { nodes { entityId } } }';
  await expect
    .poll(async () => {
      const { nodes } = (await ok(1, CHANGES, { after })).changes;
      return nodes.map(({ entityId }: Input) => entityId).sort();
    })
    .toEqual(ids.sort());
});

it('lets one of a hundred upserts create each client, and none fail', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const answers = await atOnce(100, (index) => {
    const input = { trackingId: `race ${ids[index % ids.length]}`, name: 'Race', note: `${index}` };
    return ok(Math.floor(index / ids.length), UPSERT, { input });
  });
  for (const [offset] of ids.entries()) {
    const results = answers.filter((_, index) => index % ids.length === offset).map(({ upsertClient }) => upsertClient);
    expect(results.filter(({ result }) => result === 'CREATED')).toHaveLength(1);
    expect(new Set(results.map(({ client }) => client.id)).size).toBe(1);
    // Each note differs from all others, so that each upsert is a revision.
    expect(results.map(({ client }) => client.revision).sort((a, b) => a - b)).toEqual(
      results.map((_, index) => index + 1),
    );
  }
  const { nodes } = (await ok(0, CLIENTS, { filter: { name: { equals: 'Race' } } })).clients;
  expect(nodes).toHaveLength(ids.length);
  for (const { revision, history } of nodes) expect(history.nodes).toHaveLength(revision);
});

it('makes one client of many creations with one idempotency key', async () => {
  const answers = await atOnce(20, (index) => ok(index, CREATE, { input: { name: 'Keyed' }, key: 'one key' }));
  expect(new Set(answers.map(({ createClient }) => createClient.client.id)).size).toBe(1);
  expect((await ok(1, CLIENTS, { filter: { name: { equals: 'Keyed' } } })).clients.nodes).toHaveLength(1);
  // With another input, the loser is told.
  const others = await atOnce(20, (index) =>
    ask(index, CREATE, { input: { name: `Other ${index % 2}` }, key: 'another key' }),
  );
  expect(outcomes(others)).toEqual({ OK: 10, CONFLICT: 10 });
});

it('gives an identifier to one of many clients that ask for it', async () => {
  const tracking = await atOnce(20, (index) => ask(index, CREATE, { input: { name: 'Twin', trackingId: 'taken' } }));
  expect(outcomes(tracking)).toEqual({ OK: 1, DUPLICATE: 19 });
  const externalIds = [{ system: 'crm', id: 'taken' }];
  const external = await atOnce(20, (index) =>
    ask(index, UPSERT, { input: { trackingId: `x${index}`, name: 'X', externalIds } }),
  );
  expect(outcomes(external)).toEqual({ OK: 1, IDENTIFIER_CONFLICT: 19 });
  const names = await atOnce(20, (index) =>
    ask(index, 'mutation { createClientGroup(input: { name: "Taken" }) { clientGroup { id } } }'),
  );
  expect(outcomes(names)).toEqual({ OK: 1, DUPLICATE: 19 });
});

it('lets one of many contacts of one name through', async () => {
  const clientId = await created({ name: 'Of contacts' });
  const { contactRole } = (await ok(0, 'mutation { createContactRole(input: { name: "R" }) { contactRole { id } } }'))
    .createContactRole;
  const create =
    'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input) { clientContact { id } } }';
  const answers = await atOnce(20, (index) =>
    ask(index, create, {
      input: { client: { id: clientId }, role: { id: contactRole.id }, firstName: 'Same', lastName: 'Name' },
    }),
  );
  expect(outcomes(answers)).toEqual({ OK: 1, DUPLICATE: 19 });
});

it('lets one of many patches of a revision through', async () => {
  const id = await created({ name: 'Revised' });
  const answers = await atOnce(20, (index) => ask(index, PATCH, { id, input: { note: `${index}` }, expected: 1 }));
  expect(outcomes(answers)).toEqual({ OK: 1, CONFLICT: 19 });
});

it('leaves no client in a group that is deleted while clients are moved into it', async () => {
  const make = 'mutation ($name: String!) { createClientGroup(input: { name: $name }) { clientGroup { id } } }';
  const { clientGroup } = (await ok(0, make, { name: 'Doomed' })).createClientGroup;
  const ids = await atOnce(40, (index) =>
    created({ name: 'Moved', ...(index % 4 === 0 ? { clientGroup: { id: clientGroup.id } } : {}) }),
  );
  const remove = 'mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }';
  const answers = await atOnce(ids.length, async (index) => {
    if (index === ids.length / 2) await ok(index, remove, { id: clientGroup.id });
    return ask(index, PATCH, { id: ids[index], input: { clientGroup: { id: clientGroup.id } } });
  });
  for (const { errors } of answers) {
    const fields = errors?.flatMap(({ extensions }) => extensions.fields ?? []);
    if (errors) expect(fields).toMatchObject([{ path: ['input', 'clientGroup'], code: 'NOT_FOUND' }]);
  }
  const { nodes } = (await ok(1, CLIENTS, { filter: { name: { equals: 'Moved' } } })).clients;
  expect(nodes).toHaveLength(ids.length);
  for (const { clientGroup: group, history } of nodes) {
    expect(group.name).toBe('Unassigned');
    // What it was told last is where it is.
    const [last] = history.nodes.filter((entry: { after: Input }) => 'clientGroupId' in entry.after);
    expect(last.after.clientGroupId).toBe(group.id);
  }
});

it('ends the values of a custom field that is deleted while they are written', async () => {
  const make = 'mutation { createCustomField(input: { name: "Doomed", type: TEXT }) { customField { id } } }';
  const { customField } = (await ok(0, make)).createCustomField;
  const remove = 'mutation ($id: ID!) { deleteCustomField(by: { id: $id }) { deletedId } }';
  const write = (index: number) =>
    ask(index, UPSERT, {
      input: { trackingId: `valued ${index % 20}`, name: 'Valued', customFields: { doomed: 'v' } },
    });
  // A process learns of a new definition by its next request, whoever made it.
  for (const which of [0, 1]) expect((await write(which)).errors).toBeUndefined();
  const answers = await atOnce(60, async (index) => {
    if (index === 20) await ok(index, remove, { id: customField.id });
    return write(index);
  });
  for (const { errors } of answers) {
    const fields = errors?.flatMap(({ extensions }) => extensions.fields ?? []);
    if (errors) expect(fields).toMatchObject([{ path: ['input', 'customFields', 'doomed'], code: 'BAD_USER_INPUT' }]);
  }
  // The key is free, and finds nothing of what there was.
  await ok(1, make);
  for (const which of [0, 1]) {
    const filter = { name: { equals: 'Valued' } };
    const { nodes } = (await ok(which, CLIENTS, { filter })).clients;
    expect(nodes.length).toBeGreaterThan(0);
    for (const { customFields } of nodes) expect(customFields.doomed).toBeNull();
    const found = await ok(which, CLIENTS, { filter: { ...filter, customFields: [{ key: 'doomed', isNull: false }] } });
    expect(found.clients.nodes).toEqual([]);
  }
});

it('leaves no contact at a client that is deleted while contacts are put there', async () => {
  const role = 'mutation { createContactRole(input: { name: "Role of many" }) { contactRole { id } } }';
  const { contactRole } = (await ok(0, role)).createContactRole;
  const create =
    'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input, allowDuplicates: true) { clientContact { id } } }';
  const clientId = await created({ name: 'Gone' });
  const put = (index: number) =>
    ask(index, create, {
      input: { client: { id: clientId }, role: { id: contactRole.id }, lastName: `At gone ${index}` },
    });
  // The first is there in time; the client goes while the others are on their way.
  const answers = [await put(0)];
  const remove = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';
  answers.push(
    ...(await atOnce(30, async (index) => {
      if (index === 10) await ok(index, remove, { id: clientId });
      return put(index + 1);
    })),
  );
  const made = answers.flatMap(({ data }) => data?.createClientContact?.clientContact.id ?? []);
  expect(outcomes(answers)).toEqual({ OK: made.length, BAD_USER_INPUT: answers.length - made.length });
  const contacts =
    '{ clientContacts(first: 50, filter: { lastName: { startsWith: "At gone" } }) { nodes { id client { id } } } }';
  expect((await ok(1, contacts)).clientContacts.nodes).toEqual([]);
  // Those that were there in time come back with the client.
  await ok(1, 'mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }', { id: clientId });
  const back = (await ok(0, contacts)).clientContacts.nodes.map(({ id }: { id: string }) => id);
  expect(back.sort()).toEqual(made.sort());
});

it('moves nothing to a client that is deleted while another is merged into it', async () => {
  const role = 'mutation { createContactRole(input: { name: "Role of merged" }) { contactRole { id } } }';
  const { contactRole } = (await ok(0, role)).createContactRole;
  const merge =
    'mutation ($source: ID!, $target: ID!) { mergeClients(source: { id: $source }, target: { id: $target }) { client { id } } }';
  const remove = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';
  await atOnce(20, async (index) => {
    const contacts = [{ lastName: `Of merged ${index}`, role: { id: contactRole.id } }];
    const source = await created({ name: 'Merged', contacts });
    // The target takes nothing over, so that it does not change.
    const target = await created({ name: 'Target' });
    const merging = ask(0, merge, { source, target });
    await ask(1, remove, { id: target });
    const { errors } = await merging;
    if (errors) expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });
  const contacts =
    '{ clientContacts(first: 50, filter: { lastName: { startsWith: "Of merged" } }) { nodes { client { name } } } }';
  for (const { client } of (await ok(0, contacts)).clientContacts.nodes) expect(client.name).toBe('Merged');
});

it('restores a deleted client once, however many upserts bring it back', async () => {
  const id = await created({ name: 'Back', trackingId: 'back' });
  await ok(0, 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id });
  const answers = await atOnce(20, (index) => ok(index, UPSERT, { input: { trackingId: 'back', name: 'Back' } }));
  expect(new Set(answers.map(({ upsertClient }) => upsertClient.client.id))).toEqual(new Set([id]));
  const history = 'query ($id: ID!) { client(by: { id: $id }) { history { nodes { kind } } } }';
  const { client } = await ok(1, history, { id });
  expect(client.history.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(['RESTORED', 'DELETED', 'CREATED']);
});

it.runIf(provider === 'postgres')('shows no change before an earlier one that is committed late', async () => {
  const feed = async (after: string): Promise<{ sequence: string; after: Input }[]> => {
    const document = 'query ($after: String) { changes(first: 250, after: $after) { nodes { sequence after } } }';
    return (await ok(0, document, { after })).changes.nodes;
  };
  const late = new pg.Client({ connectionString: databaseUrl });
  await late.connect();
  try {
    // All that was written so far is to be shown first: another test's transaction may hold it back for a while.
    const { rows } = await late.query('SELECT max("sequence")::text AS "end" FROM "Change"');
    const [{ end }] = rows;
    await expect.poll(() => feed(String(BigInt(end) - 1n)), { timeout: 20_000 }).toMatchObject([{ sequence: end }]);

    await late.query('BEGIN');
    await late.query(`INSERT INTO "Change" ("firmId", "sequence", "at", "actor", "kind", "entity", "entityId", "before", "after")
      SELECT "firmId", clientele_sequence(0), "at", "actor", 'UPDATED', "entity", "entityId", NULL, '{"note":"late"}'
      FROM "Change" WHERE "entity" = 'Client' LIMIT 1`);
    await created({ name: 'Soon' });
    expect(await feed(end)).toEqual([]);
    await late.query('COMMIT');
    const shown = [{ after: { note: 'late' } }, { after: { name: 'Soon' } }, { after: { name: 'Main' } }];
    await expect.poll(() => feed(end), { timeout: 20_000 }).toMatchObject(shown);
  } finally {
    await late.end();
  }
});
