/**
 * That what integrations and pages ask for is answered from indexes, so that it takes no longer the more records there
 * are: asserted of the plans of all statements, over enough records that each database's choice is clear.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { idText, parseId } from '../src/base/ids.ts';
import type { Row } from '../src/database/sql/columns.ts';
import { and, contains, equals } from '../src/database/sql/conditions.ts';
import { readRows, wholeRow } from '../src/database/sql/read.ts';
import { sql } from '../src/database/sql/sql.ts';
import { startApp, type TestFirm } from './support/app.ts';
import { freshDatabase, provider } from './support/database.ts';
import { analyze, type ExplainingDatabase, explaining, LARGE, type Plan } from './support/explaining.ts';
import { statementsOf } from './support/recording.ts';
import { query } from './support/sql.ts';

const CLIENTS = 10_000;
/** What clients point at, and the columns in which they do. */
const NAMED = [
  ['ClientGroup', 'clientGroupId'],
  ['Employee', 'assignedCsmId', 'assignedSalesRepId'],
  ['ClientType', 'typeId'],
  ['Region', 'regionId'],
  ['SuccessCycle', 'successCycleId'],
] as const;
/** How many there are of each, and how many clients have no parent. */
const OTHERS = 100;

let database: ExplainingDatabase;
let firm: TestFirm;

beforeAll(async () => {
  database = await explaining(await freshDatabase());
  firm = await (await startApp(database)).firm();
  for (const [key, type] of Object.entries({ centre: 'TEXT', revenue: 'NUMBER', review: 'DATE' })) {
    const create = `mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { customField { id } } }`;
    await firm.ok(create, { input: { key, name: key, type, entity: 'CLIENT' } });
  }
  await fill();
  await analyze(database);
});

/** Makes one client with all that belongs to it, and as many like it as there are to be. */
async function fill(): Promise<void> {
  const role = await firm.ok('mutation { createContactRole(input: { name: "Billing" }) { contactRole { id } } }');
  const named = await Promise.all(
    NAMED.map(async ([model]) => {
      const made = `create${model}`;
      const answer = await firm.ok(
        `mutation { ${made}(input: { name: "${model} 000000" }) { ${model.charAt(0).toLowerCase()}${model.slice(1)} { id } } }`,
      );
      return String(Object.values<{ id: string }>(answer[made])[0]?.id);
    }),
  );
  const references = Object.fromEntries(
    NAMED.flatMap(([, ...columns], index) => columns.map((column) => [column, named[index]])),
  );
  await firm.ok('mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }', {
    input: {
      trackingId: 'TR-000000',
      name: 'Client 000000',
      tags: ['vip'],
      email: 'office000000@example.com',
      externalIds: [{ system: 'salesforce', id: 'SF-000000' }],
      customFields: { centre: 'CC-000000', revenue: 0, review: '2026-01-01' },
      ...references,
      contacts: [
        {
          trackingId: 'CO-000000',
          firstName: 'Ann',
          lastName: 'Lee 000000',
          role: { id: role.createContactRole.contactRole.id },
        },
      ],
    },
  });
  for (const [model] of NAMED) {
    const [row] = await readRows(
      database,
      wholeRow(model),
      equals('id', named[NAMED.findIndex(([name]) => name === model)] ?? ''),
    );
    const rows = Array.from({ length: OTHERS - 1 }, (_, index) => copy(row ?? {}, index + 1, model));
    await database.$commit([{ kind: 'insert', model, rows }]);
  }
  for (const model of ['Client', 'ClientLocation', 'ClientContact', 'ExternalId', 'IndexedValue', 'Change'] as const) {
    const firmId = equals('firmId', firm.id);
    const where = model === 'Change' ? and(firmId, equals('entity', 'Client')) : firmId;
    const rows = await readRows(database, wholeRow(model), where, { limit: 100 });
    const like = Array.from({ length: CLIENTS }, (_, index) => rows.map((row) => copy(row, index + 1, model)));
    await database.$commit([{ kind: 'insert', model, rows: like.flat() }]);
  }
}

/** The same row of the client of that number. */
function copy(row: Row, number: number, model: string): Row {
  const digits = String(number).padStart(6, '0');
  const another = (id: string, of = number) => {
    const { kind, number: first } = parseId(id) ?? { kind: 'Client', number: 0 };
    return idText(kind, first + of * 16);
  };
  const cells = Object.entries(row).map(([column, value]) => {
    if (column === 'sequence') return [column, String(BigInt(String(value)) - BigInt(number) * 16n)];
    // Of what nobody reads it is only the number.
    if (column === 'entityId' && typeof value === 'number') return [column, value + number * 16];
    if (/^(id|clientId|entityId|locationId)$/.test(column)) return [column, another(String(value))];
    if (column === 'parentId') {
      const isBelow = number > OTHERS && number % OTHERS > 0;
      return [column, isBelow ? another(String(row.id), number % OTHERS) : null];
    }
    if (NAMED.some(([, ...columns]) => columns.some((one) => one === column))) {
      return [column, number % OTHERS === 0 ? value : another(String(value), number % OTHERS)];
    }
    if (column === 'number' && value !== null) return [column, number];
    if (model === 'IndexedValue' && column === 'key' && row.number !== null) return [column, String(number)];
    if (typeof value === 'string' && value.includes('000000')) return [column, value.replaceAll('000000', digits)];
    if (Array.isArray(value)) return [column, JSON.parse(JSON.stringify(value).replaceAll('000000', digits))];
    return [column, value];
  });
  return Object.fromEntries(cells);
}

/** The plans of an operation, once it has been shown to answer what it is asked for. */
async function plansOf(document: string, variables: Record<string, unknown> = {}): Promise<Plan[]> {
  const plans = await database.plansOf(() => firm.ok(document, variables));
  expect(plans.length).toBeGreaterThan(0);
  return plans;
}

function expectIndexes(plans: readonly Plan[]): void {
  const scans = plans.filter(({ scanned }) => scanned.some((table) => LARGE.test(table)));
  expect(scans.map(({ statement, scanned }) => `${scanned.join()}: ${statement}`)).toEqual([]);
}

/** What a list shows of each client. */
const SHOWN = `id name tags clientGroup { name } customFields contacts(first: 3) { nodes { lastName role { name } } }`;

describe('from indexes', () => {
  it.each([
    ['by name', `{ clients(first: 20) { nodes { ${SHOWN} } } }`],
    [
      'by the last change',
      `{ clients(first: 20, orderBy: [{ field: UPDATED_AT, direction: DESC }]) { nodes { ${SHOWN} } } }`,
    ],
    ['of contacts', '{ clientContacts(first: 20) { nodes { id role { name } } } }'],
    ['of a client’s contacts', '{ client(by: { trackingId: "TR-000777" }) { contacts(first: 5) { nodes { id } } } }'],
    ['of changes', '{ changes(first: 20) { nodes { sequence kind } } }'],
    [
      'of a record’s changes',
      '{ client(by: { trackingId: "TR-000777" }) { history(first: 5) { nodes { sequence } } } }',
    ],
  ])('a page %s, in the order of one', async (_title, document) => {
    const plans = await plansOf(document);
    expectIndexes(plans);
    expect(plans.filter(({ sorts }) => sorts).map(({ statement }) => statement)).toEqual([]);
  });

  it('a page deep in a list, in the order of one', async () => {
    const first = await firm.ok('{ clients(first: 250) { pageInfo { endCursor } } }');
    const document = `query ($after: String) { clients(first: 20, after: $after) { nodes { ${SHOWN} } pageInfo { hasNextPage hasPreviousPage } } }`;
    const plans = await plansOf(document, { after: first.clients.pageInfo.endCursor });
    expectIndexes(plans);
    expect(plans.filter(({ sorts }) => sorts).map(({ statement }) => statement)).toEqual([]);
  });

  it.each([
    ['id', async () => ({ id: (await firm.ok('{ clients(first: 1) { nodes { id } } }')).clients.nodes[0].id })],
    ['trackingId', async () => ({ trackingId: 'TR-000777' })],
    ['externalId', async () => ({ externalId: { system: 'salesforce', id: 'SF-000777' } })],
  ])('a client by its %s', async (_title, by) => {
    expectIndexes(await plansOf(`query ($by: ClientKey!) { client(by: $by) { ${SHOWN} } }`, { by: await by() }));
  });

  it.each([
    ['a custom field that equals', { customFields: [{ key: 'centre', equals: 'CC-000777' }] }, 1],
    ['a custom field in a range of numbers', { customFields: [{ key: 'revenue', gte: 100, lt: 120 }] }, 20],
    ['a custom field in a range of days', { customFields: [{ key: 'review', gt: '2027-01-01' }] }, 0],
    [
      'either of two values, and not a third',
      {
        or: [
          { customFields: [{ key: 'centre', in: ['CC-000777', 'CC-000778'] }] },
          { customFields: [{ key: 'revenue', equals: 780 }] },
        ],
        not: { customFields: [{ key: 'centre', equals: 'CC-000778' }] },
        status: { equals: 'ACTIVE' },
      },
      2,
    ],
    ['a tag that few have', { tags: { hasSome: ['nobody'] } }, 0],
    ['a part of the name', { name: { contains: '000777' } }, 1],
    ['the beginning of the name', { name: { startsWith: 'client 00077' } }, 10],
    [
      'the beginning of the name, or a part of the e-mail address',
      { or: [{ name: { startsWith: 'client 00077' } }, { email: { contains: 'office000776' } }] },
      10,
    ],
    ['the whole name', { name: { equals: 'Client 000777' } }, 1],
    ['the e-mail address', { email: { equals: 'office000777@example.com' } }, 1],
    ['an id elsewhere', { externalId: { system: 'salesforce', in: ['SF-000777'] } }, 1],
  ])('clients by %s', async (_title, filter, found) => {
    const document = `query ($filter: ClientFilter) { clients(first: 20, filter: $filter) { totalCount nodes { ${SHOWN} } } }`;
    const { clients } = await firm.ok(document, { filter });
    expect(clients).toMatchObject({ totalCount: found, nodes: { length: found } });
    const plans = await plansOf(document, { filter });
    expectIndexes(plans);
    // To go through all that an index has of the firm is no use of it.
    expect(plans.filter(({ walked }) => walked).map(({ statement }) => statement)).toEqual([]);
  });

  it('clients by a tag that all have, in the order of the list', async () => {
    const plans = await plansOf(
      `{ clients(first: 20, filter: { tags: { hasEvery: ["vip"] } }) { nodes { ${SHOWN} } } }`,
    );
    expectIndexes(plans);
  });

  it.each([
    ['clients', '000777'],
    ['clients', 'client tr-000777'],
    ['clientContacts', 'LEE 000777'],
    ['clientContacts', 'co-000777'],
  ])('a search of %s for %s', async (list, search) => {
    const document = `query ($search: String!) { ${list}(first: 20, search: $search) { totalCount nodes { id } } }`;
    expect((await firm.ok(document, { search }))[list].totalCount).toBe(1);
    expectIndexes(await plansOf(document, { search }));
  });

  it.each([['TR-000777'], ['TR-new']])('an upsert of %s', async (trackingId) => {
    const upsert = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } result } }';
    const input = {
      trackingId,
      name: `Another name of ${trackingId}`,
      tags: ['other'],
      customFields: { centre: 'CC-1' },
    };
    expectIndexes(await plansOf(upsert, { input }));
  });

  it('every write', async () => {
    const write = async (
      field: string,
      input: string,
      payload: string,
      value: unknown,
      ids: Record<string, string> = {},
    ) => {
      const definitions = Object.keys(ids).map((id) => `, $${id}: ID!`);
      const passed = Object.keys(ids).map((id) => `, ${id}: $${id}`);
      const document = `mutation ($input: ${input}!${definitions.join('')}) { ${field}(input: $input${passed.join('')}) { ${payload} } }`;
      return (await firm.ok(document, { input: value, ...ids }))[field];
    };
    const act = (field: string, ids: Record<string, string>, payload: string) => {
      const definitions = Object.keys(ids).map((id) => `$${id}: ID!`);
      const passed = Object.keys(ids).map((id) => `${id}: $${id}`);
      return firm.ok(`mutation (${definitions.join()}) { ${field}(${passed.join()}) { ${payload} } }`, ids);
    };
    const { contactRoles } = await firm.ok('{ contactRoles { nodes { id } } }');
    const roleId: string = contactRoles.nodes[0].id;
    const contactsOf = (at: number) =>
      ['Bo', 'Cy', 'Di'].map((firstName) => ({
        firstName,
        lastName: `Of ${at}`,
        email: `${firstName}@of${at}.example`,
        roleId,
      }));
    const writeAll = async () => {
      const clients: { id: string; contacts: { nodes: { id: string }[] } }[] = [];
      for (const at of [1, 2, 3]) {
        const input = {
          trackingId: `W-${at}`,
          name: `Written ${at}`,
          tags: ['vip'],
          customFields: { revenue: at },
          contacts: contactsOf(at),
        };
        const { client } = await write(
          'createClient',
          'CreateClientInput',
          'client { id contacts { nodes { id } } }',
          input,
        );
        clients.push(client);
      }
      const [first, second, third] = clients.map(({ id }) => id) as [string, string, string];
      await write(
        'patchClient',
        'PatchClientInput',
        'client { id }',
        { parent: { id: first }, email: 'a@w.example' },
        { id: second },
      );
      await write(
        'patchClient',
        'PatchClientInput',
        'client { id }',
        { accountTeam: [], tags: [], externalIds: [] },
        { id: third },
      );
      await write('upsertClientContact', 'UpsertClientContactInput', 'clientContact { id }', {
        trackingId: 'W-C',
        client: { id: first },
        firstName: 'Ed',
        lastName: 'Of 1',
        roleId,
      });
      const { clientLocation } = await write(
        'createClientLocation',
        'CreateClientLocationInput',
        'clientLocation { id }',
        { client: { id: first }, name: 'Yard' },
      );
      const [ann, bob] = clients[0]?.contacts.nodes ?? [];
      await write(
        'patchClientContact',
        'PatchClientContactInput',
        'clientContact { id }',
        { location: { id: clientLocation.id } },
        { id: String(ann?.id) },
      );
      await act(
        'mergeClientContacts',
        { sourceId: String(ann?.id), targetId: String(bob?.id) },
        'clientContact { id }',
      );
      await act('mergeClients', { sourceId: first, targetId: third }, 'client { id }');
      await act('mergeClients', { sourceId: third, targetId: second }, 'client { id }');
      await act('deleteClientContact', { id: String(bob?.id) }, 'clientContact { id }');
      await act('deleteClientLocation', { id: clientLocation.id }, 'clientLocation { id }');
      await act('deleteClient', { id: second }, 'client { id }');
      await act('restoreClient', { id: second }, 'client { id }');
      for (const model of ['Employee', 'ClientGroup', 'ClientType', 'Region', 'SuccessCycle', 'ContactRole']) {
        const name = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
        const made = await write(`create${model}`, `Create${model}Input`, `${name} { id }`, { name: `Gone ${model}` });
        await act(`delete${model}`, { id: made[name].id }, `${name} { id }`);
      }
      const made = await write('createCustomField', 'CreateCustomFieldInput', 'customField { id }', {
        key: 'gone',
        name: 'gone',
        type: 'TEXT',
        entity: 'CLIENT',
      });
      await act('deleteCustomField', { id: made.customField.id }, '__typename');
    };
    let plans: Plan[] = [];
    const texts = await statementsOf(async () => {
      plans = await database.plansOf(writeAll);
    });
    const finding = [...new Set(texts)].filter((text) => /^(SELECT "id"|SELECT count|UPDATE|DELETE)/.test(text));
    expect(finding.length).toBeGreaterThan(provider === 'sqlite' ? 20 : -1);
    if (provider === 'sqlite') plans.push(...(await database.plansOfTexts(finding)));
    // Employees are rarely deleted: an index of who made each client would cost each of its writes.
    const rare = /count\(\*\) FROM "Client" t WHERE \(t."firmId" = \S+ AND t."(?:created|modified)ById" = \S+\)\)/;
    const all = plans.filter(({ statement }) => !rare.test(statement));
    expectIndexes(all);
    expect(all.filter(({ walked }) => walked).map(({ statement }) => statement)).toEqual([]);
  });
});

/** Which operation needs each index that keeps nothing unique. The name of a kind stands for the id of a record of it. */
const USES: Readonly<Record<string, string>> = {
  Client_firmId_nameFolded_id_status_deletedAt_idx: '{ clients(first: 20) { nodes { id } } }',
  Client_firmId_createdAt_id_idx: `{ clients(first: 20, orderBy: [{ field: CREATED_AT }]) { nodes { id } } }`,
  Client_firmId_updatedAt_id_idx: `{ clients(first: 20, orderBy: [{ field: UPDATED_AT }]) { nodes { id } } }`,
  Client_firmId_clientGroupId_nameFolded_id_idx:
    '{ clients(first: 20, filter: { clientGroup: { equals: { id: "ClientGroup" } }}) { nodes { id } } }',
  Client_firmId_parentId_nameFolded_id_idx: '{ clients(first: 20) { nodes { children(first: 3) { nodes { id } } } } }',
  Client_firmId_assignedCsmId_nameFolded_id_idx:
    '{ employees(first: 20) { nodes { clients(first: 3) { nodes { id } } } } }',
  Client_firmId_assignedSalesRepId_nameFolded_id_idx:
    '{ employees(first: 20) { nodes { salesClients(first: 3) { nodes { id } } } } }',
  Client_firmId_typeId_nameFolded_id_idx: '{ clientTypes(first: 20) { nodes { clients(first: 3) { nodes { id } } } } }',
  Client_firmId_regionId_nameFolded_id_idx: '{ regions(first: 20) { nodes { clients(first: 3) { nodes { id } } } } }',
  Client_firmId_successCycleId_nameFolded_id_idx:
    '{ successCycles(first: 20) { nodes { clients(first: 3) { nodes { id } } } } }',
  ClientContact_firmId_sortName_id_idx: '{ clientContacts(first: 20) { nodes { id } } }',
  ClientContact_firmId_createdAt_id_idx:
    '{ clientContacts(first: 20, orderBy: [{ field: CREATED_AT }]) { nodes { id } } }',
  ClientContact_firmId_updatedAt_id_idx:
    '{ clientContacts(first: 20, orderBy: [{ field: UPDATED_AT }]) { nodes { id } } }',
  ClientContact_firmId_clientId_sortName_id_idx:
    '{ clients(first: 20) { nodes { contacts(first: 3) { nodes { id } } } } }',
  ClientContact_firmId_locationId_sortName_id_idx:
    '{ clientContacts(first: 20, filter: { location: { equals: { id: "ClientLocation" } }}) { nodes { id } } }',
  ClientLocation_firmId_nameFolded_id_idx: '{ clientLocations(first: 20) { nodes { id } } }',
  ClientLocation_firmId_clientId_nameFolded_id_idx:
    '{ clients(first: 20) { nodes { locations(first: 3) { nodes { id } } } } }',
  Change_firmId_entityId_sequence_idx: '{ clients(first: 20) { nodes { history(first: 3) { nodes { sequence } } } } }',
  IndexedValue_firmId_field_number_entityId_idx:
    '{ clients(first: 20, filter: { customFields: [{ key: "revenue", gt: 777, lt: 780 }] }) { nodes { id } } }',
};

/** Indexes of what is looked for when something is deleted or merged, and of tables that stay small. */
const OTHER_USES = new Set([
  // Whether a role, an employee or a client is in use.
  'ClientContact_firmId_roleId_idx',
  'ClientContact_firmId_salespersonId_idx',
  'ClientLocation_firmId_salespersonId_idx',
  'ClientTeamMember_firmId_employeeId_idx',
  // What was merged into a record before.
  'Client_firmId_mergedIntoId_idx',
  'ClientContact_firmId_mergedIntoId_idx',
  // What a merged client held.
  'ExternalId_firmId_entityId_idx',
  'CustomField_firmId_entity_order_id_idx',
  'Employee_firmId_nameFolded_id_idx',
]);

describe('an index', () => {
  it('is there because an operation needs it', async () => {
    const rows = await query<{ name: string }>(
      database,
      database.$adapter.provider === 'sqlite'
        ? sql`SELECT "name" FROM sqlite_schema WHERE "type" = 'index' AND "name" LIKE '%idx'`
        : sql`SELECT indexname AS "name" FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE '%idx'`,
    );
    const names = rows.map(({ name }) => name).filter((name) => !name.endsWith('searchText_idx'));
    expect(names.filter((name) => !OTHER_USES.has(name)).sort()).toEqual(Object.keys(USES).sort());
  });

  it.each(Object.entries(USES))('%s is used', async (name, document) => {
    const [, model] = /"(ClientGroup|ClientLocation)"/.exec(document) ?? [];
    const [found] = model
      ? await readRows(
          database,
          wholeRow(model as 'ClientGroup'),
          and(equals('firmId', firm.id), contains('nameFolded', '')),
        )
      : [];
    const plans = await plansOf(document.replace(`"${model}"`, JSON.stringify(found?.id ?? null)));
    expect(plans.flatMap(({ indexes }) => indexes)).toContain(name);
  });
});
