/** How an upsert finds its record, compared with a small model of it: one call after the other, and several at once. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startApp, type TestApp, type TestFirm } from './support/app.ts';
import { make } from './support/records.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});

interface ExternalId {
  system: string;
  id: string;
}
type Key = { id: string } | { trackingId: string } | { externalId: ExternalId } | { name: string };

/** A record as the model knows it. */
interface Held {
  id: string;
  trackingId: string | null;
  externalIds: ExternalId[];
  name: string;
  deleted: boolean;
}

/** What a call answers: what was done to which record, or what is wrong, with the ids of those concerned. */
type Outcome = { result: string; id: string } | { code: string; ids: string[] };

interface Upsert {
  by?: Key;
  trackingId?: string;
}

const same = (one: ExternalId, other: ExternalId) => one.system === other.system && one.id === other.id;

/** The rule of the contract, on records in memory. `made` is the id and the name of one that is created. */
class Model {
  records: Held[];
  constructor(records: readonly Held[] = []) {
    this.records = structuredClone([...records]);
  }

  find(key: Key): Held | undefined {
    if ('id' in key) return this.records.find(({ id }) => id === key.id);
    if ('trackingId' in key) return this.records.find(({ trackingId }) => trackingId === key.trackingId);
    if ('name' in key) return this.records.find(({ name }) => name.toLowerCase() === key.name.toLowerCase());
    // A deleted record has given its external ids up.
    return this.records.find(
      ({ externalIds, deleted }) => !deleted && externalIds.some((held) => same(held, key.externalId)),
    );
  }

  upsert({ by, trackingId }: Upsert, made: { id: string; name: string }): Outcome {
    if (!by && trackingId === undefined) return { code: 'BAD_USER_INPUT', ids: [] };
    const byKey = by && this.find(by);
    const byTracking = trackingId === undefined ? undefined : this.find({ trackingId });
    if (by && 'id' in by && !byKey) return { code: 'NOT_FOUND', ids: [] };
    if (byKey && byTracking && byKey !== byTracking) {
      return { code: 'IDENTIFIER_CONFLICT', ids: [byKey.id, byTracking.id].sort() };
    }
    const found = byKey ?? byTracking;
    const next: Held = found
      ? { ...found, externalIds: [...found.externalIds] }
      : { ...made, trackingId: null, externalIds: [], deleted: false };
    if (trackingId !== undefined && (byKey || !found)) next.trackingId = trackingId;
    if (by && !byKey) {
      if ('trackingId' in by) next.trackingId ??= by.trackingId;
      if ('name' in by && !found) next.name = by.name;
      if ('externalId' in by && !next.externalIds.some(({ system }) => system === by.externalId.system)) {
        next.externalIds.push(by.externalId);
      }
    }
    next.deleted = false;
    const holders = this.records.filter(
      (other) =>
        other !== found &&
        !other.deleted &&
        other.externalIds.some((held) => next.externalIds.some((own) => same(held, own))),
    );
    if (holders.length > 0) return { code: 'IDENTIFIER_CONFLICT', ids: holders.map(({ id }) => id).sort() };
    this.records = [...this.records.filter((other) => other !== found), next];
    return { result: found ? (found.deleted ? 'RESTORED' : 'UPDATED') : 'CREATED', id: next.id };
  }

  delete(id: string): void {
    for (const held of this.records) if (held.id === id) held.deleted = true;
  }

  /** All records, in an order that tells nothing. */
  get state(): Held[] {
    return this.records
      .filter(({ deleted }) => !deleted)
      .map((held) => ({ ...held, externalIds: held.externalIds.toSorted((a, b) => (a.system < b.system ? -1 : 1)) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

/** A kind of record that is upserted. */
interface Kind {
  type: 'Client' | 'Region';
  list: string;
  /** Whether it is found by its name, and whether it comes back. */
  named: boolean;
  returns: boolean;
}

const KINDS: readonly Kind[] = [
  { type: 'Client', list: 'clients', named: false, returns: true },
  { type: 'Region', list: 'regions', named: true, returns: false },
];

describe.each(KINDS)('an upsert of a $type', ({ type, list, named, returns }) => {
  const carried = type.toLowerCase();
  const UPSERT = `mutation ($by: ${type}Key, $input: Upsert${type}Input!) {
    done: upsert${type}(by: $by, input: $input) { result row: ${carried} { id } }
  }`;
  let serial = 0;

  /** Upserts, and answers with the name that a new record was given where its keys say none. */
  async function send(firm: TestFirm, { by, trackingId }: Upsert): Promise<{ outcome: Outcome; name: string }> {
    const name = `Made ${serial++}`;
    // A name that is sent would rename.
    const isNamed = by !== undefined && 'name' in by;
    const input = { ...(trackingId === undefined ? {} : { trackingId }), ...(isNamed ? {} : nameOf(name)) };
    return { outcome: outcomeOf(await firm.run(UPSERT, { by, input })), name };
  }
  /** Clients may be made of a name that is no key; what they are called later is not what this is about. */
  const nameOf = (name: string) => ({ name });

  function outcomeOf({ data, errors }: Answer): Outcome {
    const done = data?.done as { result: string; row: { id: string } } | null | undefined;
    if (done) return { result: done.result, id: done.row.id };
    const { code = '', fields = [] } = errors?.[0]?.extensions ?? {};
    return { code, ids: fields.flatMap(({ ids = [] }) => ids).sort() };
  }

  /** The firm's records as they are read; names apart, since each call that finds one gives it another. */
  async function read(firm: TestFirm): Promise<Omit<Held, 'name'>[]> {
    const found = await firm.ok(`{ ${list}(first: 250) { nodes { id trackingId externalIds { system id } } } }`);
    const records: Omit<Held, 'name' | 'deleted'>[] = found[list].nodes;
    return new Model(records.map((record) => ({ ...record, name: '', deleted: false }))).state.map(nameless);
  }
  const nameless = ({ name: _, ...held }: Held) => held;

  const trackingIds = fc.constantFrom('t1', 't2', 't3');
  const externalIds = fc.record({ system: fc.constantFrom('a', 'b'), id: fc.constantFrom('1', '2') });
  const keys: fc.Arbitrary<Key>[] = [
    trackingIds.map((trackingId) => ({ trackingId })),
    externalIds.map((externalId) => ({ externalId })),
    ...(named ? [fc.constantFrom('north', 'NORTH', 'south').map((name): Key => ({ name }))] : []),
  ];
  const upserts = fc.record({ by: fc.oneof(...keys), trackingId: trackingIds }, { requiredKeys: [] });
  /** One after the other, some by the id of a record that an earlier one named, or of none. */
  const steps = fc.oneof(
    { weight: 8, arbitrary: upserts.map((upsert) => ({ upsert, nth: -1 })) },
    { weight: 1, arbitrary: fc.record({ upsert: upserts, nth: fc.nat(3) }) },
    ...(returns ? [{ weight: 2, arbitrary: fc.nat(3).map((remove) => ({ remove })) }] : []),
  );

  it('finds what the model does, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 10 }), async (series) => {
        const firm = await app.firm();
        const model = new Model();
        for (const step of series) {
          if ('remove' in step) {
            const [id] = model.state.slice(step.remove).map((held) => held.id);
            if (id === undefined) continue;
            await firm.ok(`mutation ($id: ID!) { delete${type}(by: { id: $id }) { __typename } }`, { id });
            model.delete(id);
            continue;
          }
          const { upsert, nth } = step;
          const known = model.records[nth]?.id ?? `${type.toLowerCase()}_00000000000000000000000000`;
          const asked: Upsert = nth < 0 ? upsert : { ...upsert, by: { id: known } };
          const { outcome, name } = await send(firm, asked);
          const made = { id: 'id' in outcome ? outcome.id : '', name };
          expect(outcome, JSON.stringify(asked)).toEqual(model.upsert(asked, made));
          // A call that found one, and named it otherwise, renamed it.
          const renamed = model.records.find(({ id }) => 'id' in outcome && id === outcome.id);
          if (renamed && !(asked.by && 'name' in asked.by)) renamed.name = name;
        }
        expect(await read(firm)).toEqual(model.state.map(nameless));
      }),
      { numRuns: 40 },
    );
  });

  it('finds what the model does in some order, several at once', async () => {
    const races = fc.tuple(fc.array(upserts, { maxLength: 2 }), fc.array(upserts, { minLength: 2, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(races, async ([before, race]) => {
        const firm = await app.firm();
        const start = new Model();
        const rename = (model: Model, asked: Upsert, { outcome, name }: { outcome: Outcome; name: string }) => {
          const held = model.records.find(({ id }) => 'id' in outcome && id === outcome.id);
          if (held && !(asked.by && 'name' in asked.by)) held.name = name;
        };
        for (const asked of before) {
          const sent = await send(firm, asked);
          start.upsert(asked, { id: 'id' in sent.outcome ? sent.outcome.id : '', name: sent.name });
          rename(start, asked, sent);
        }
        const answers = await Promise.all(race.map((asked) => send(firm, asked)));
        const state = await read(firm);
        const explained = permutations(race.map((_, index) => index)).some((order) => {
          const model = new Model(start.records);
          const alike = order.every((index) => {
            const [asked, sent] = [race[index] ?? {}, answers[index]];
            if (!sent) return false;
            const made = { id: 'id' in sent.outcome ? sent.outcome.id : '', name: sent.name };
            const expected = model.upsert(asked, made);
            rename(model, asked, sent);
            return JSON.stringify(expected) === JSON.stringify(sent.outcome);
          });
          return alike && JSON.stringify(model.state.map(nameless)) === JSON.stringify(state);
        });
        expect(explained, JSON.stringify({ before, race, answers, state }, null, 1)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('of which twenty come at once makes one record', async () => {
    const firm = await app.firm();
    const by: Key[] = [{ externalId: { system: 'crm', id: '7' } }, { trackingId: 'T' }];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(firm, { by: by[index % 2] as Key, trackingId: 'T' })),
    );
    const results = answers.map(({ outcome }) => ('result' in outcome ? outcome.result : outcome.code));
    expect(results.filter((result) => result === 'CREATED')).toHaveLength(1);
    expect(results.filter((result) => result === 'UPDATED')).toHaveLength(19);
    expect(await read(firm)).toMatchObject([{ trackingId: 'T', externalIds: [{ system: 'crm', id: '7' }] }]);
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

describe('a key', () => {
  it('by e-mail is refused where several have it, with their ids', async () => {
    const firm = await app.firm();
    const email = 'ann@example.com';
    const ids: string[] = [];
    for (const name of ['Ann', 'Anne']) ids.push((await make(firm, 'Employee', { name, email })).id);
    const one = await make(firm, 'Employee', { name: 'Bo', email: 'bo@example.com' });
    const READ = 'query ($email: String!) { employee(by: { email: $email }) { id } }';
    expect((await firm.ok(READ, { email: 'BO@example.com' })).employee).toEqual({ id: one.id });
    expect((await firm.ok(READ, { email: 'nobody@example.com' })).employee).toBeNull();
    const conflict = { code: 'CONFLICT', fields: [{ path: ['by'], code: 'CONFLICT', ids }] };
    expect(await firm.fails(READ, { email })).toMatchObject({ status: 409, extensions: conflict });
    for (const call of [
      'patchEmployee(by: { email: $email }, input: {})',
      'deleteEmployee(by: { email: $email })',
      'upsertEmployee(by: { email: $email }, input: { name: "Ann" })',
    ]) {
      const error = await firm.fails(`mutation ($email: String!) { ${call} { __typename } }`, { email });
      expect(error.extensions, call).toMatchObject(conflict);
    }
    const create =
      'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { assignedCsm { id } } } }';
    const referring = await firm.fails(create, { input: { name: 'C', assignedCsm: { email } } });
    expect(referring.extensions.fields).toMatchObject([{ path: ['input', 'assignedCsm'], code: 'CONFLICT', ids }]);
    const made = await firm.ok(create, { input: { name: 'C', assignedCsm: { email: 'bo@example.com' } } });
    expect(made.createClient.client.assignedCsm).toEqual({ id: one.id });
  });

  it('must be one, and is required of an upsert', async () => {
    const firm = await app.firm();
    const error = await firm.fails('mutation { upsertRegion(input: { name: "N" }) { __typename } }');
    expect(error).toMatchObject({
      status: 400,
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'trackingId'] }] },
    });
  });
});

describe('keys of what is pointed at', () => {
  it('find records of every kind, and lists by them', async () => {
    const firm = await app.firm();
    const made: Record<string, { id: string }> = {};
    for (const kind of ['ClientGroup', 'ClientType', 'ContactRole', 'Employee', 'Region', 'SuccessCycle']) {
      const externalIds = [{ system: 'crm', id: kind }];
      made[kind] = await make(firm, kind, { name: kind, trackingId: `T-${kind}`, externalIds });
    }
    const client = await make(firm, 'Client', {
      name: 'C',
      trackingId: 'T-Client',
      externalIds: [{ system: 'crm', id: 'Client' }],
      clientGroup: { name: 'CLIENTGROUP' },
      region: { trackingId: 'T-Region' },
      assignedCsm: { externalId: { system: 'crm', id: 'Employee' } },
      accountTeam: [{ employee: { trackingId: 'T-Employee' }, role: 'Lead' }],
      contacts: [
        { lastName: 'L', trackingId: 'T-ClientContact', email: 'l@example.com', role: { name: 'contactrole' } },
      ],
    });
    made.Client = client;
    const [, location] = await Promise.all([
      make(firm, 'Client', { name: 'Other' }),
      make(firm, 'ClientLocation', { name: 'L', trackingId: 'T-ClientLocation', client: { trackingId: 'T-Client' } }),
    ]);
    made.ClientLocation = location;
    for (const [kind, { id }] of Object.entries(made)) {
      const field = kind.charAt(0).toLowerCase() + kind.slice(1);
      for (const by of [`id: "${id}"`, `trackingId: "T-${kind}"`]) {
        expect((await firm.ok(`{ found: ${field}(by: { ${by} }) { id } }`)).found, by).toEqual({ id });
      }
      expect((await firm.ok(`{ found: ${field}(by: { trackingId: "none" }) { id } }`)).found).toBeNull();
    }
    const external = (id: string) => `{ externalId: { system: "crm", id: "${id}" } }`;
    for (const filter of [
      'clientGroup: { equals: { name: "clientGroup" } }',
      `region: { in: [{ name: "none" }, ${external('Region')}, { trackingId: "T-Region" }] }`,
      `assignedCsm: { equals: ${external('Employee')} }, type: { isNull: true }`,
      'accountTeam: { equals: { trackingId: "T-Employee" } }',
      'not: { region: { isNull: true } }',
    ]) {
      expect((await firm.ok(`{ clients(filter: { ${filter} }) { nodes { id } } }`)).clients.nodes, filter).toEqual([
        { id: client.id },
      ]);
    }
    expect(
      (await firm.ok('{ clients(filter: { region: { equals: { name: "none" } } }) { totalCount } }')).clients,
    ).toEqual({ totalCount: 0 });
    const contacts = `{ clientContacts(filter: { client: { equals: ${external('Client')} }, role: { equals: { name: "ContactRole" } } }) { nodes { lastName } } }`;
    expect((await firm.ok(contacts)).clientContacts.nodes).toEqual([{ lastName: 'L' }]);
    expect((await firm.ok('{ clientContact(by: { email: "L@example.com" }) { lastName } }')).clientContact).toEqual({
      lastName: 'L',
    });
    const of = '{ clientLocations(client: { trackingId: "T-Client" }) { nodes { name } } }';
    expect((await firm.ok(of)).clientLocations.nodes).toEqual([{ name: 'L' }, { name: 'Main' }]);
  });

  it('are told by the feed as ids and tracking IDs', async () => {
    const firm = await app.firm();
    const { id } = await make(firm, 'ClientGroup', { name: 'Key accounts', trackingId: 'G' });
    await make(firm, 'Client', { name: 'C', trackingId: 'C' });
    const { clients } = await firm.ok('{ clients { nodes { clientGroup { id } } } }');
    const patch = `mutation { patchClient(by: { trackingId: "C" }, input: { clientGroup: { name: "KEY accounts" } }) {
      changedFields client { history(first: 1) { nodes { changedFields before after } } }
    } }`;
    expect((await firm.ok(patch)).patchClient.changedFields).toEqual(['clientGroup']);
    const history =
      '{ client(by: { trackingId: "C" }) { history(first: 1) { nodes { changedFields before after } } } }';
    await expect
      .poll(async () => (await firm.ok(history)).client.history.nodes, { timeout: 20_000 })
      .toEqual([
        {
          changedFields: ['clientGroup'],
          before: { clientGroup: { id: clients.nodes[0].clientGroup.id, trackingId: null } },
          after: { clientGroup: { id, trackingId: 'G' } },
        },
      ]);
  });

  it('of records that are merged find what these were merged into', async () => {
    const firm = await app.firm();
    for (const name of ['S', 'T']) {
      await make(firm, 'Client', { name, trackingId: name, externalIds: [{ system: name.toLowerCase(), id: '1' }] });
    }
    const merge = `mutation { mergeClients(source: { externalId: { system: "s", id: "1" } }, target: { trackingId: "T" }) {
      client { id trackingId }
    } }`;
    const { client } = (await firm.ok(merge)).mergeClients;
    expect(client.trackingId).toBe('T');
    for (const by of ['trackingId: "S"', 'externalId: { system: "s", id: "1" }']) {
      const patch = `mutation { patchClient(by: { ${by} }, input: { addTags: ["x"] }) { client { id } } }`;
      expect((await firm.ok(patch)).patchClient.client).toEqual({ id: client.id });
    }
    await make(firm, 'Client', { name: 'Below', trackingId: 'B', parent: { trackingId: 'S' } });
    expect((await firm.ok('{ client(by: { trackingId: "B" }) { parent { id } } }')).client.parent).toEqual({
      id: client.id,
    });
  });
});

describe('an expected revision', () => {
  it.each([
    ['patch', 'patchRegion(by: { name: "North" }, input: { name: "N" }, expectedRevision: 7)'],
    ['upsert', 'upsertRegion(by: { name: "North" }, input: { name: "N" }, expectedRevision: 7)'],
    ['upsert of none', 'upsertRegion(by: { name: "South" }, input: { name: "S" }, expectedRevision: 7)'],
    ['delete', 'deleteRegion(by: { name: "North" }, expectedRevision: 7)'],
  ])('that is another is a CONFLICT to a %s', async (_, call) => {
    const firm = await app.firm();
    await make(firm, 'Region', { name: 'North' });
    expect(await firm.fails(`mutation { ${call} { __typename } }`)).toMatchObject({
      status: 409,
      extensions: { code: 'CONFLICT', fields: [{ path: ['expectedRevision'] }] },
    });
    const right = await firm.ok(
      'mutation { deleteRegion(by: { name: "north" }, expectedRevision: 1) { region { name } } }',
    );
    expect(right.deleteRegion.region).toEqual({ name: 'North' });
  });
});

describe('parts of lists', () => {
  const PATCH = `mutation ($by: ClientKey!, $input: PatchClientInput!) {
    patchClient(by: $by, input: $input) { changedFields client { tags externalIds { system id } } }
  }`;

  it('change single members, and leave the others', async () => {
    const firm = await app.firm();
    const externalIds = [
      { system: 'crm', id: '1' },
      { system: 'zendesk', id: '9' },
    ];
    await make(firm, 'Client', { name: 'C', trackingId: 'C', tags: ['a', 'b'], externalIds });
    const patch = async (input: Record<string, unknown>) =>
      (await firm.ok(PATCH, { by: { trackingId: 'C' }, input })).patchClient;
    expect(await patch({ addTags: ['b', 'c'], removeTags: ['a'] })).toMatchObject({
      changedFields: ['tags'],
      client: { tags: ['b', 'c'] },
    });
    expect(await patch({ addTags: ['c'], removeTags: ['x'] })).toMatchObject({ changedFields: [] });
    const setExternalIds = [
      { system: 'crm', id: '2' },
      { system: 'zendesk', id: null },
      { system: 'stripe', id: 's' },
    ];
    expect(await patch({ setExternalIds })).toMatchObject({
      changedFields: ['externalIds'],
      client: { externalIds: [setExternalIds[0], setExternalIds[2]] },
    });
    const found = await firm.ok('{ client(by: { externalId: { system: "crm", id: "2" } }) { tags } }');
    expect(found.client).toEqual({ tags: ['b', 'c'] });
  });

  it('name an external id that another record holds at their own place', async () => {
    const firm = await app.firm();
    const externalIds = [{ system: 'crm', id: '1' }];
    const { id } = await make(firm, 'Client', { name: 'Holder', externalIds });
    await make(firm, 'Client', { name: 'C', trackingId: 'C' });
    const error = await firm.fails(PATCH, { by: { trackingId: 'C' }, input: { setExternalIds: externalIds } });
    expect(error.extensions).toMatchObject({
      code: 'IDENTIFIER_CONFLICT',
      fields: [{ path: ['input', 'setExternalIds', 0], ids: [id] }],
    });
  });

  it('are refused together with the whole list', async () => {
    const firm = await app.firm();
    await make(firm, 'Client', { name: 'C', trackingId: 'C' });
    const input = { tags: ['a'], addTags: ['b'], externalIds: [], setExternalIds: [{ system: 'crm', id: '1' }] };
    const error = await firm.fails(PATCH, { by: { trackingId: 'C' }, input });
    expect(error.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.addTags',
      'input.setExternalIds',
    ]);
  });
});
