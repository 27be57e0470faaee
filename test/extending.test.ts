/** docs/extending.md told to the compiler and to both databases: a kind of record that is one folder and one import. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provider, unmigratedDatabaseUrl } from './support/database.ts';
import { type Tree, treeWith } from './support/tree.ts';

/** Time to build the tree on a busy machine, in milliseconds. */
const LONG = 300_000;
const ADMIN = 'the-token-of-an-admin';

let tree: Tree;
let env: Record<string, string>;
let server: ChildProcess | undefined;
let url: string;

beforeAll(async () => {
  tree = await treeWith('docs/extending.md');
  // Both the types and the migration are made of the model.
  await tree.run('bin/build.js', []);
  await tree.run('prisma/new-migration.js', ['add_contracts']);
  env = { DATABASE_URL: await unmigratedDatabaseUrl(), CLIENTELE_ADMIN_TOKEN: ADMIN, PORT: '0' };
  server = spawn(process.execPath, [join(tree.folder, 'bin/clientele.js'), 'serve'], {
    cwd: tree.folder,
    env: { PATH: process.env.PATH, ...env, CLIENTELE_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (server.stdout) {
    for await (const line of createInterface({ input: server.stdout })) {
      url = /http:\S+/.exec(line)?.[0] ?? '';
      if (url) break;
    }
  }
}, LONG);

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill();
    await once(server, 'exit');
  }
  await tree?.remove();
});

/** Sends an operation, and answers what comes. */
async function send(query: string, variables: Record<string, unknown> = {}, token = ADMIN) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is the document's; tests assert it
  return (await response.json()) as { data: any; errors?: { message: string; extensions: { code: string } }[] };
}

async function ok(query: string, variables: Record<string, unknown> = {}, token = ADMIN) {
  const { data, errors } = await send(query, variables, token);
  expect(errors, JSON.stringify(errors)).toBeUndefined();
  return data;
}

/** The id of a client, made where there is none. */
async function client(trackingId: string): Promise<string> {
  const document = 'mutation ($id: String!) { upsertClient(input: { trackingId: $id, name: $id }) { client { id } } }';
  return (await ok(document, { id: trackingId })).upsertClient.client.id;
}

const UPSERT = `mutation ($input: UpsertContractInput!) {
  upsertContract(input: $input) { result changedFields contract { id title signedOn value revision } }
}`;

async function upsert(input: Record<string, unknown>) {
  return (await ok(UPSERT, { input })).upsertContract;
}

const titlesOf = async (clientId: string) =>
  (
    await ok('query ($id: ID!) { client(by: { id: $id }) { contracts { nodes { title } } } }', { id: clientId })
  ).client.contracts.nodes.map(({ title }: { title: string }) => title);

describe('a kind of record that is one folder and one import', () => {
  it('is upserted, patched and looked up, with the checks of its fields', async () => {
    const clientId = await client('first');
    const made = await upsert({
      trackingId: 'c-1',
      client: { id: clientId },
      title: 'Hosting',
      signedOn: '2026-01-31',
      value: 1250.5,
    });
    expect(made).toMatchObject({ result: 'CREATED', contract: { title: 'Hosting', value: 1250.5, revision: 1 } });
    const { id } = made.contract;
    expect(id).toMatch(/^contract_[0-9a-z]{26}$/);
    expect(await upsert({ trackingId: 'c-1', title: 'Hosting' })).toMatchObject({
      result: 'UPDATED',
      changedFields: [],
    });

    const patch = `mutation ($id: ID!, $input: PatchContractInput!) {
      patchContract(by: { id: $id }, input: $input) { changedFields contract { signedOn client { name } } }
    }`;
    expect((await ok(patch, { id, input: { signedOn: null } })).patchContract).toEqual({
      changedFields: ['signedOn'],
      contract: { signedOn: null, client: { name: 'first' } },
    });
    const { errors } = await send(patch, { id, input: { value: 0.001, client: { id: 'client_0' }, title: null } });
    expect(errors?.[0]?.message).toMatch(/input.title: must not be null.*input.value: must be an amount/);
    const found = await ok('{ contract(by: { trackingId: "c-1" }) { id history { nodes { kind } } } }');
    expect(found.contract).toEqual({ id, history: { nodes: [{ kind: 'UPDATED' }, { kind: 'CREATED' }] } });
  });

  it('is listed by filters, orders and a search of its own', async () => {
    const clientId = await client('lists');
    for (const [title, value] of [
      ['Maintenance', 10],
      ['hosting, large', 300.25],
      ['Training', null],
    ] as const) {
      await upsert({ trackingId: `lists-${title}`, client: { id: clientId }, title, value });
    }
    const list = async (args: string) =>
      (
        await ok(`query ($client: ID!) { contracts(${args}) { totalCount nodes { title } } }`, { client: clientId })
      ).contracts.nodes.map(({ title }: { title: string }) => title);
    const own = 'client: { equals: $client }';
    expect(await list(`filter: { ${own} }`)).toEqual(['hosting, large', 'Maintenance', 'Training']);
    expect(await list(`filter: { ${own} }, orderBy: [{ field: VALUE, direction: DESC }]`)).toEqual([
      'hosting, large',
      'Maintenance',
      'Training',
    ]);
    expect(await list(`filter: { ${own}, value: { gt: 10, lte: 300.25 } }`)).toEqual(['hosting, large']);
    expect(await list(`filter: { ${own}, title: { startsWith: "HOST" } }`)).toEqual(['hosting, large']);
    expect(await list(`filter: { ${own} }, search: "large host"`)).toEqual(['hosting, large']);
  });

  it('goes with its client and comes back with it, in the feed too', async () => {
    const clientId = await client('going');
    const { contract } = await upsert({ trackingId: 'going', clientId, title: 'Going' });
    await ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: clientId });
    expect((await ok('{ contract(by: { trackingId: "going" }) { id } }')).contract).toBeNull();
    await ok('mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }', { id: clientId });
    expect(await titlesOf(clientId)).toEqual(['Going']);
    const feed = async () =>
      (await ok('{ changes(entities: [CONTRACT], first: 250) { nodes { kind entityId before after } } }')).changes.nodes
        .filter(({ entityId }: { entityId: string }) => entityId === contract.id)
        .slice(1);
    await expect.poll(feed).toEqual([
      { kind: 'DELETED', entityId: contract.id, before: { clientId }, after: null },
      { kind: 'RESTORED', entityId: contract.id, before: null, after: { clientId } },
    ]);
  });

  it('is deleted and comes back by itself', async () => {
    const clientId = await client('alone');
    const { id } = (await upsert({ trackingId: 'alone', clientId, title: 'Alone' })).contract;
    await ok('mutation ($id: ID!) { deleteContract(by: { id: $id }) { contract { title client { name } } } }', { id });
    expect(await titlesOf(clientId)).toEqual([]);
    await ok('mutation ($id: ID!) { restoreContract(by: { id: $id }) { contract { id } } }', { id });
    expect(await titlesOf(clientId)).toEqual(['Alone']);
  });

  it('moves when its client is merged, and is merged itself', async () => {
    const [sourceId, targetId] = [await client('source'), await client('target')];
    const one = (await upsert({ trackingId: 'one', client: { id: sourceId }, title: 'One', value: 1 })).contract.id;
    const two = (await upsert({ trackingId: 'two', client: { id: targetId }, title: 'Two' })).contract.id;
    const merge = (kind: string, what: string) =>
      `mutation ($source: ID!, $target: ID!) { merge${kind}s(source: { id: $source }, target: { id: $target }) { ${what} } }`;
    await ok(merge('Client', 'client { id }'), { source: sourceId, target: targetId });
    expect(await titlesOf(targetId)).toEqual(['One', 'Two']);
    const merged = await ok(merge('Contract', 'changedFields contract { id title value }'), {
      source: one,
      target: two,
    });
    expect(merged.mergeContracts).toEqual({ changedFields: ['value'], contract: { id: two, title: 'Two', value: 1 } });
    expect((await ok('{ contract(by: { trackingId: "one" }) { id } }')).contract).toEqual({ id: two });
    expect((await ok('query ($id: ID!) { node(id: $id) { id } }', { id: one })).node).toEqual({ id: two });
  });

  it('keeps the employee that it points at', async () => {
    const employee = 'mutation { createEmployee(input: { name: "Ann Lee" }) { employee { id } } }';
    const { id } = (await ok(employee)).createEmployee.employee;
    await upsert({ trackingId: 'kept', client: { id: await client('kept') }, title: 'Kept', managerId: id });
    const { errors } = await send('mutation ($id: ID!) { deleteEmployee(by: { id: $id }) { employee { id } } }', {
      id,
    });
    expect(errors?.[0]?.message).toContain('1 contracts as their manager');
    const of = await ok('query ($id: ID!) { node(id: $id) { ... on Employee { contracts { nodes { title } } } } }', {
      id,
    });
    expect(of.node.contracts.nodes).toEqual([{ title: 'Kept' }]);
  });

  it('has a resolver and a mutation of its own, by Prisma', async () => {
    const clientId = await client('worth');
    const { id } = (await upsert({ trackingId: 'w-1', clientId, title: 'A', value: 0.1 })).contract;
    await upsert({ trackingId: 'w-2', client: { id: clientId }, title: 'B', value: 0.2 });
    const worth = async () =>
      (await ok('query ($id: ID!) { contractValue(client: { id: $id }) }', { id: clientId })).contractValue;
    expect(await worth()).toBeCloseTo(0.3);
    const renew = `mutation ($id: ID!) {
      renewContract(id: $id, signedOn: "2027-01-01") { id title signedOn value client { name } }
    }`;
    const renewed = (await ok(renew, { id })).renewContract;
    expect(renewed).toMatchObject({ title: 'A', signedOn: '2027-01-01', value: 0.1, client: { name: 'worth' } });
    expect(renewed.id).not.toBe(id);
    expect(await worth()).toBeCloseTo(0.3);
    expect((await send(renew, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('is shown to portal users of its client, as far as it says', async () => {
    const [clientId, otherId] = [await client('portal'), await client('other')];
    const { id } = (await upsert({ trackingId: 'p-1', clientId, title: 'Shown' })).contract;
    const hidden = (await upsert({ trackingId: 'p-2', client: { id: otherId }, title: 'Hidden' })).contract.id;
    const role = (await ok('mutation { createContactRole(input: { name: "R" }) { contactRole { id } } }'))
      .createContactRole;
    const contact = await ok(
      `mutation ($client: ID!, $role: ID!) {
        createClientContact(input: { client: { id: $client }, role: { id: $role }, lastName: "Portal" }) { clientContact { id } }
      }`,
      { client: clientId, role: role.contactRole.id },
    );
    const args = ['token', 'create', '--firm', 'demo', '--role', 'CONTACT', '--name', 'portal', '--contact'];
    const printed = await tree.run('bin/clientele.js', [...args, contact.createClientContact.clientContact.id], env);
    const [token = ''] = /clt_\S+/.exec(printed) ?? [];
    const document = `query ($id: ID!, $hidden: ID!, $client: ID!) {
      shown: contract(by: { id: $id }) { title signedOn }
      hidden: contract(by: { id: $hidden }) { title }
      client(by: { id: $client }) { contracts { totalCount nodes { title } } }
    }`;
    expect(await ok(document, { id, hidden, client: clientId }, token)).toEqual({
      shown: { title: 'Shown', signedOn: null },
      hidden: null,
      client: { contracts: { totalCount: 1, nodes: [{ title: 'Shown' }] } },
    });
    const secret = await send('query ($id: ID!) { contract(by: { id: $id }) { value } }', { id }, token);
    expect(secret.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await send('{ contracts { totalCount } }', {}, token)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it.each(['jsonl', 'csv'])('is exported as %s and imported again, by names', async (format) => {
    const clientId = await client(`files-${format}`);
    const key = `file-${format}`;
    await upsert({
      trackingId: key,
      client: { id: clientId },
      title: 'Exported',
      value: 12.34,
      signedOn: '2026-05-01',
    });
    const file = join(tree.folder, `contracts.${format}`);
    await tree.run('bin/clientele.js', ['export', '--firm', 'demo', '--entity', 'contracts', '--output', file], env);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('12.34');
    await writeFile(file, text.replaceAll('12.34', '56.78'));
    const printed = await tree.run(
      'bin/clientele.js',
      ['import', file, '--firm', 'demo', '--entity', 'contracts'],
      env,
    );
    expect(printed).toMatch(/^created 0, updated 1, restored 0, unchanged \d+, failed 0$/m);
    const { contract } = await ok(
      'query ($key: String!) { contract(by: { trackingId: $key }) { value client { id } } }',
      {
        key,
      },
    );
    expect(contract).toEqual({ value: 56.78, client: { id: clientId } });
  });

  it(
    'is walked by the tests of isolation',
    async () => {
      const vitest = ['run', '--project', provider, 'test/isolation.test.ts', '-t', '[cC]ontract'];
      const printed = await tree.run('node_modules/vitest/vitest.mjs', vitest, { HOME: process.env.HOME ?? '' });
      expect(printed).toContain('is answered by upsertContract as if nobody had what is theirs');
    },
    LONG,
  );
});
