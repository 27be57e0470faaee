/** `context.prisma` and `context.records`, as a resolver of somebody else's has them. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../src/base/ids.ts';
import { models } from '../src/database/generated/models.ts';
import type { ModelName } from '../src/database/sql/columns.ts';
import { columnsOf } from '../src/database/sql/columns.ts';
import { createToken, revokeToken } from '../src/firms/tokens.ts';
import type { Context } from '../src/graphql/context.ts';
import type { TestApp, TestFirm } from './support/app.ts';
import { provider } from './support/database.ts';
import { probing } from './support/probe.ts';
import { recordsOf } from './support/records.ts';

/** Loads what holds the schema, after the fields of the probe were added to it. */
const { startApp } = await import('./support/app.ts');

let app: TestApp;
/** Two firms with the same records. */
let mine: TestFirm;
let theirs: TestFirm;
let ids: Record<string, string>;

const UPSERT = `mutation ($id: String!, $note: String) {
  upsertClient(input: { trackingId: $id, name: $id, note: $note }) { client { id } }
}`;

async function fill(firm: TestFirm): Promise<Record<string, string>> {
  const made: Record<string, string> = {};
  for (const id of ['live', 'gone']) made[id] = (await firm.ok(UPSERT, { id, note: 'n' })).upsertClient.client.id;
  const role = (await firm.ok('mutation { createContactRole(input: { name: "R" }) { contactRole { id } } }'))
    .createContactRole.contactRole.id;
  const contact = `mutation ($client: ID!, $role: ID!, $name: String!) {
    createClientContact(input: { clientId: $client, roleId: $role, lastName: $name }) { clientContact { id } }
  }`;
  for (const name of ['Kept', 'Left']) {
    const answer = await firm.ok(contact, { client: made.live, role, name });
    made[name] = answer.createClientContact.clientContact.id;
  }
  await firm.ok('mutation ($id: ID!) { deleteClientContact(id: $id) { __typename } }', { id: made.Left });
  await firm.ok('mutation ($id: ID!) { deleteClient(id: $id) { __typename } }', { id: made.gone });
  return { ...made, role };
}

beforeAll(async () => {
  app = await startApp();
  [mine, theirs] = [await app.firm(), await app.firm()];
  ids = await fill(mine);
  await fill(theirs);
});

/** Runs this in a resolver, and answers what it returns. */
// biome-ignore lint/suspicious/noExplicitAny: what a probe returns is the test's to know
async function run(probe: (context: Context) => Promise<unknown>, firm = mine): Promise<any> {
  return (await firm.ok(probing('mutation', probe))).probe;
}

/** Runs this in a resolver, and answers the message of what it throws. */
async function refusal(probe: (context: Context) => PromiseLike<unknown>): Promise<string> {
  return run(async (context) => {
    try {
      await probe(context);
      return 'nothing was refused';
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  });
}

const idOf = (records: readonly { id: string }[]) => records.map(({ id }) => id);

describe('reading with Prisma in a resolver', () => {
  test.each<[string, (context: Context) => Promise<unknown>, unknown]>([
    ['findMany', async ({ prisma }) => (await prisma.client.findMany()).map(({ name }) => name), ['live']],
    ['findMany with alternatives', ({ prisma }) => prisma.client.findMany({ where: { OR: [{}, { firmId: 1 }] } }), 1],
    ['findMany of all firms', ({ prisma }) => prisma.client.findMany({ where: { firmId: { gte: 0 } } }), 1],
    ['findFirst of what is deleted', ({ prisma }) => prisma.client.findFirst({ where: { name: 'gone' } }), null],
    ['count', ({ prisma }) => prisma.client.count(), 1],
    ['count of what is deleted', ({ prisma }) => prisma.client.count({ where: { deletedAt: { not: null } } }), 0],
    ['aggregate', async ({ prisma }) => (await prisma.client.aggregate({ _count: true }))._count, 1],
    ['groupBy', ({ prisma }) => prisma.clientContact.groupBy({ by: ['lastName'], _count: true }), 1],
    [
      'an included list',
      async ({ prisma }) => (await prisma.client.findFirst({ include: { contacts: true } }))?.contacts,
      1,
    ],
    [
      'a list in a list',
      async ({ prisma }) =>
        (
          await prisma.contactRole.findFirst({
            select: { contacts: { include: { client: { include: { contacts: true } } } } },
          })
        )?.contacts.flatMap(({ client }) => client.contacts),
      1,
    ],
    [
      '_count',
      async ({ prisma }) => (await prisma.client.findFirst({ include: { _count: true } }))?._count.contacts,
      1,
    ],
    [
      '_count of some',
      async ({ prisma }) =>
        (await prisma.client.findFirst({ include: { _count: { select: { contacts: true } } } }))?._count.contacts,
      1,
    ],
    ['some', ({ prisma }) => prisma.client.count({ where: { contacts: { some: { lastName: 'Left' } } } }), 0],
    ['none', ({ prisma }) => prisma.client.count({ where: { contacts: { none: { lastName: 'Left' } } } }), 1],
    ['every', ({ prisma }) => prisma.client.count({ where: { contacts: { every: { lastName: 'Kept' } } } }), 1],
    [
      'some beyond one',
      ({ prisma }) => prisma.clientContact.count({ where: { client: { contacts: { some: { lastName: 'Left' } } } } }),
      0,
    ],
    [
      'the firm',
      async ({ prisma, viewer }) => (await prisma.firm.findMany()).map(({ id }) => id === viewer.firmId),
      [true],
    ],
    ['its tokens', async ({ prisma }) => new Set((await prisma.token.findMany()).map(({ firmId }) => firmId)).size, 1],
    ['a batch', ({ prisma }) => prisma.$transaction([prisma.client.count(), prisma.clientContact.count()]), [1, 1]],
    ['a transaction', ({ prisma }) => prisma.$transaction((tx) => tx.client.count()), 1],
    [
      'a transaction in one',
      ({ prisma }) => prisma.$transaction((tx) => tx.$transaction((inner) => inner.client.count())),
      1,
    ],
  ])('sees of %s what is live in the firm', async (_name, probe, expected) => {
    const found = await run(probe);
    if (typeof expected === 'number' && Array.isArray(found)) expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  test('finds by a key only what is in the firm', async () => {
    const [own, other] = [await run(async ({ viewer }) => viewer.firmId), theirs.id];
    const found = await run(async ({ prisma }) => {
      const by = (firmId: number, id: string) => prisma.client.findUnique({ where: { firmId_id: { firmId, id } } });
      const theirClient = (await app.database.client.findFirst({ where: { firmId: other, name: 'live' } }))?.id ?? '';
      return [
        (await by(own, ids.live ?? ''))?.name,
        // The firm of a key is always the caller's.
        (await by(other, ids.live ?? ''))?.name,
        (await by(other, theirClient))?.name ?? null,
        (await by(own, ids.gone ?? ''))?.name ?? null,
      ];
    });
    expect(found).toEqual(['live', 'live', null, null]);
  });

  test('shows a portal user what is its own', async () => {
    const portal = { firmId: mine.id, name: 'portal', role: 'CONTACT', contactId: ids.Kept ?? '' } as const;
    const { secret } = await createToken(app.database, portal);
    await mine.ok(UPSERT, { id: 'another' });
    const document = probing('query', async ({ prisma }) => [
      idOf(await prisma.client.findMany({ include: { contacts: true } })),
      idOf(await prisma.clientContact.findMany()),
      await prisma.clientLocation.count(),
      await prisma.employee.count(),
      await prisma.contactRole.count(),
      await prisma.firm.count(),
    ]);
    const { data } = await app.send(secret, document);
    expect(data?.probe).toEqual([[ids.live], [ids.Kept], 1, 0, 0, 0]);
    const writing = await app.send(
      secret,
      probing('mutation', ({ prisma }) => prisma.region.deleteMany()),
    );
    expect(writing.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  test('takes and gives ids as the API does', async () => {
    const [id, contactId] = [ids.live ?? '', ids.Kept ?? ''];
    const found = await run(async ({ prisma, viewer: { firmId } }) => {
      const client = await prisma.client.findFirst({
        where: { id: { in: [id, 'none'] }, contacts: { some: { id: contactId } } },
        include: { contacts: { include: { role: true } } },
      });
      const contacts = await prisma.client.findUnique({ where: { firmId_id: { firmId, id } } }).contacts();
      const by = { by: ['clientId' as const], having: { clientId: id }, _count: true as const };
      return {
        nested: client?.contacts.map((contact) => [client.id, contact.id, contact.clientId, contact.role.id]),
        contacts: contacts?.map((contact) => contact.id),
        least: (await prisma.client.aggregate({ _min: { id: true } }))._min.id,
        groups: (await prisma.clientContact.groupBy(by)).map(({ clientId }) => clientId),
        others: await prisma.client.count({ where: { id: { not: id }, name: 'live' } }),
        ofAnotherKind: await prisma.client.count({ where: { id: contactId } }),
        changes: await prisma.change.findMany({ where: { entityId: id }, select: { entity: true, entityId: true } }),
      };
    });
    expect(found).toEqual({
      nested: [[id, contactId, id, ids.role]],
      contacts: [contactId],
      least: id,
      groups: [id],
      others: 0,
      ofAnotherKind: 0,
      changes: [{ entity: 'Client', entityId: id }],
    });
  });

  test('keeps the milliseconds of instants', async () => {
    const [stored] = await run(({ prisma }) => prisma.client.findMany({ select: { createdAt: true } }));
    expect(stored.createdAt).toMatch(/T\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test.each<[string, (context: Context) => PromiseLike<unknown>, string]>([
    ['raw SQL', ({ prisma }) => (prisma as never as typeof app.database).$queryRaw`SELECT 1`, 'not scoped'],
    [
      'unsafe SQL',
      ({ prisma }) => (prisma as never as typeof app.database).$executeRawUnsafe('SELECT 1'),
      'not scoped',
    ],
    ['$read', async ({ prisma }) => (prisma as never as typeof app.database).$read({} as never), 'not scoped'],
    ['$commit', async ({ prisma }) => (prisma as never as typeof app.database).$commit([]), 'not scoped'],
    ['what is of no firm', ({ prisma }) => prisma.changeClock.findMany(), 'of no firm'],
    [
      'an order by what may be deleted',
      ({ prisma }) => prisma.contactRole.findMany({ orderBy: { contacts: { _count: 'asc' } } }),
      'not ordered',
    ],
  ])('has no %s', async (_name, probe, message) => {
    expect(await refusal(probe)).toContain(message);
  });
});

/** The methods of a model, as a walk over all models calls them. */
type Delegate = Record<string, (args?: object) => Promise<unknown>>;
const delegateOf = (prisma: object, model: string) =>
  (prisma as Record<string, Delegate>)[`${model.charAt(0).toLowerCase()}${model.slice(1)}`] as Delegate;

describe('every model, asked for by another firm', () => {
  const owned = (Object.keys(models) as ModelName[]).filter((model) => columnsOf(model).firmId);
  let other: TestFirm;
  let existing: Record<string, string>;
  const MARK = 'walked-theirs';

  beforeAll(async () => {
    const firm = await app.firm();
    existing = (await recordsOf(firm, MARK)).ids;
    other = await app.firm();
    await recordsOf(other, 'walked-own');
  });

  /** All rows of all other firms. */
  const rowsOfOthers = async () => {
    const rows = owned.map((model) =>
      delegateOf(app.database, model).findMany?.({ where: { firmId: { not: other.id } } }),
    );
    return JSON.stringify(await Promise.all(rows), (_, value) => (typeof value === 'bigint' ? String(value) : value));
  };

  test.each(owned)('%s: nothing of it is read', async (model) => {
    const lists = Object.entries(models[model].relations).map(([name]) => [name, true]);
    const include = lists.length > 0 ? { include: Object.fromEntries(lists) } : {};
    const text: string = await run(async ({ prisma }) => {
      const delegate = delegateOf(prisma, model);
      const everything = { where: { OR: [{ firmId: { gte: 0 } }, {}] } };
      const found = [
        await delegate.findMany?.({ ...everything, ...include }),
        await delegate.findFirst?.({ where: { NOT: { firmId: other.id } } }),
        columnsOf(model).id ? await delegate.findMany?.({ where: { id: { in: Object.values(existing) } } }) : [],
      ];
      expect(found.slice(1)).toEqual([null, []]);
      const counted = await app.database.$queryRawUnsafe<{ rows: bigint }[]>(
        `SELECT count(*) AS "rows" FROM "${model}" WHERE "firmId" = ${other.id}${columnsOf(model).deletedAt ? ' AND "deletedAt" IS NULL' : ''}`,
      );
      expect(await delegate.count?.(everything)).toBe(Number(counted[0]?.rows));
      return JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    }, other);
    expect(text).not.toContain(MARK);
    for (const id of Object.values(existing)) expect(text).not.toContain(id);
  });

  test.each(owned)('%s: nothing of it is written', async (model) => {
    const before = await rowsOfOthers();
    await run(async ({ prisma }) => {
      const delegate = delegateOf(prisma, model);
      const where = { OR: [{ firmId: { gte: 0 } }, {}] };
      const [column = 'id'] = Object.keys(columnsOf(model)).filter((name) => name !== 'firmId');
      const foreign = { where: { firmId: { not: other.id } } };
      const row = (await delegateOf(app.database, model).findFirst?.(foreign)) as Record<string, unknown> | null;
      const writes = [
        () =>
          delegate.updateMany?.({
            where,
            data: { [column]: row?.[column] ?? 'x' },
          }),
        () => delegate.deleteMany?.({ where: { ...where, NOT: { firmId: other.id } } }),
        () => delegate.createMany?.({ data: row ? [row] : [] }),
      ];
      // Refused, or of no effect on others.
      for (const write of writes) await Promise.resolve(write()).catch(() => undefined);
    }, other);
    expect(await rowsOfOthers()).toBe(before);
  });
});

const stamps = () => ({ createdAt: new Date(), updatedAt: new Date(), revision: 1 });
const region = (name: string, firmId = mine.id) => ({
  firmId,
  id: newId('Region'),
  name,
  nameFolded: name,
  ...stamps(),
});

describe('writing with Prisma in a resolver', () => {
  beforeEach(async () => {
    await app.database.region.deleteMany({ where: inFirms() });
    await app.database.region.create({ data: region('theirs', theirs.id) });
  });
  const inFirms = () => ({ firmId: { in: [mine.id, theirs.id] } });
  const regions = async () =>
    (await app.database.region.findMany({ where: inFirms(), orderBy: { name: 'asc' } })).map(
      ({ firmId, name }) => `${firmId === mine.id ? 'mine' : 'theirs'} ${name}`,
    );

  test('stamps the firm on what is not in the feed', async () => {
    await run(async ({ prisma }) => {
      const { firmId: _, ...unstamped } = region('a');
      const { id } = await prisma.region.create({ data: unstamped as never });
      await prisma.region.createMany({ data: [region('b'), region('c')] });
      await prisma.region.update({ where: { firmId_id: { firmId: theirs.id, id } }, data: { name: 'A' } });
      await prisma.region.updateMany({ data: { revision: { increment: 1 } } });
      await prisma.region.deleteMany({ where: { name: { in: ['b', 'theirs'] } } });
      const where = { firmId_nameFolded: { firmId: theirs.id, nameFolded: 'd' } };
      await prisma.region.upsert({ where, create: region('d'), update: {} });
    });
    expect(await regions()).toEqual(['mine A', 'mine c', 'mine d', 'theirs theirs']);
    expect(await app.database.region.count({ where: { ...inFirms(), revision: 2 } })).toBe(2);
  });

  test('takes the firm of the row for rows that are created with it', async () => {
    const id = newId('Region');
    const message = await refusal(({ prisma }) =>
      prisma.region.create({
        data: { ...region('x'), id, clients: { create: { id: 'x' } as never } } as never,
      }),
    );
    expect(message).toContain("use context.records.create('Client'");
  });

  test.each<[string, (context: Context) => PromiseLike<unknown>, string]>([
    ['create', ({ prisma }) => prisma.client.create({ data: {} as never }), "context.records.create('Client'"],
    ['update', ({ prisma }) => prisma.client.updateMany({ data: { name: 'x' } }), "context.records.patch('Client'"],
    ['delete', ({ prisma }) => prisma.clientContact.deleteMany(), "context.records.delete('ClientContact'"],
    [
      'createMany',
      ({ prisma }) => prisma.clientLocation.createMany({ data: [] }),
      "context.records.create('ClientLocation'",
    ],
    ['updateMany', ({ prisma }) => prisma.clientGroup.updateMany({ data: {} }), "context.records.patch('ClientGroup'"],
    ['of a custom field', ({ prisma }) => prisma.customField.deleteMany(), 'createCustomField'],
    ['of the feed', ({ prisma }) => prisma.change.deleteMany(), 'context.records'],
    ['of what is beside a record', ({ prisma }) => prisma.externalId.deleteMany(), 'context.records.patch'],
    ['of a token', ({ prisma }) => prisma.token.updateMany({ data: { role: 'ADMIN' } }), 'clientele token'],
    ['of the firm', ({ prisma }) => prisma.firm.updateMany({ data: { name: 'x' } }), 'clientele firm'],
    ['of another firm', ({ prisma }) => prisma.region.updateMany({ data: { firmId: theirs.id } }), 'keeps its firm'],
    [
      'of a related row',
      ({ prisma }) => prisma.employee.updateMany({ data: { csmOf: { connect: [] } } as never }),
      'cannot be written with connect',
    ],
  ])('refuses a write %s, and names what to call', async (_name, probe, message) => {
    expect(await refusal(probe)).toContain(message);
  });

  test('needs a WRITER whose token still holds', async () => {
    const write = (secret: string) =>
      app.send(
        secret,
        probing('mutation', ({ prisma }) => prisma.region.create({ data: region('x') })),
      );
    const reader = await write(mine.tokens.READER);
    expect(reader.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const { id, secret } = await createToken(app.database, { firmId: mine.id, name: 'short', role: 'WRITER' });
    expect((await write(secret)).errors).toBeUndefined();
    await app.database.region.deleteMany({ where: { firmId: mine.id } });
    await revokeToken(app.database, id);
    expect((await write(secret)).status).toBe(401);
    expect(await regions()).toEqual(['theirs theirs']);
  });

  test('is undone with its transaction', async () => {
    const message = await refusal(({ prisma }) =>
      prisma.$transaction(async (tx) => {
        await tx.region.create({ data: region('undone') });
        throw new Error('on purpose');
      }),
    );
    expect(message).toBe('on purpose');
    expect(await regions()).toEqual(['theirs theirs']);
  });

  test('is refused beside the transaction that is open', async () => {
    const outside = await refusal(({ prisma }) =>
      prisma.$transaction(() => prisma.region.create({ data: region('outside') })),
    );
    expect(outside).toContain('the client that its callback is given');
    const records = await refusal(({ prisma, records }) =>
      prisma.$transaction(() => records.create('Region', { name: 'outside' })),
    );
    expect(records).toContain('context.records.within(tx)');
  });
});

describe('records written in a resolver', () => {
  let firm: TestFirm;
  beforeEach(async () => {
    firm = await app.firm();
  });

  test('take the steps of the mutations', async () => {
    const told = await run(async ({ records }) => {
      const by = { trackingId: 'T-1' };
      const created = await records.upsert('Client', by, { name: 'Acme', tags: ['a'] });
      const again = await records.upsert('Client', by, { name: 'Acme' });
      const patched = await records.patch('Client', by, { note: 'n' }, { expectedRevision: 1 });
      const gone = await records.delete('Client', { id: String(created.row.id) });
      const back = await records.restore('Client', by);
      const role = await records.create('ContactRole', { name: 'R' });
      const contact = { clientId: created.row.id, roleId: role.row.id, lastName: 'L' };
      const person = await records.create('ClientContact', contact);
      const twin = await records.create('ClientContact', contact, { allowDuplicates: true });
      return [
        [created.result, again.changedFields, patched.changedFields, gone.name, back.result],
        [person.result, twin.result],
      ];
    }, firm);
    expect(told).toEqual([
      ['CREATED', [], ['note'], 'Acme', 'RESTORED'],
      ['CREATED', 'CREATED'],
    ]);
    const changes = await app.database.change.findMany({ where: { firmId: firm.id }, orderBy: { sequence: 'asc' } });
    expect(changes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual(
      expect.arrayContaining(['CREATED Client', 'UPDATED Client', 'DELETED Client', 'RESTORED Client']),
    );
  });

  test('fail as the mutations do', async () => {
    const document = probing('mutation', ({ records }) =>
      records.upsert('Client', { trackingId: 'T' }, { npsScore: 400 }),
    );
    const { errors } = await firm.run(document);
    expect(errors?.[0]?.extensions.fields?.map(({ path }) => path.join('.'))).toEqual(['input.npsScore', 'input.name']);
    const missing = probing('mutation', ({ records }) => records.patch('Client', { trackingId: 'none' }, {}));
    expect((await firm.run(missing)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const reading = probing('query', ({ records }) => records.create('Region', { name: 'R' }));
    expect((await firm.run(reading, {}, 'READER')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  test('are a part of the transaction that they are written within', async () => {
    const write = (fail: boolean) => (context: Context) =>
      context.prisma.$transaction(async (tx) => {
        const records = context.records.within(tx);
        await tx.region.create({ data: region('direct', firm.id) });
        const first = await records.upsert('Client', { trackingId: 'A' }, { name: 'A' });
        await records.upsert('Client', { trackingId: 'B' }, { name: 'B', parentId: first.row.id });
        await records.patch('Client', { id: String(first.row.id) }, { note: 'n' });
        if (fail) throw new Error('on purpose');
        return tx.client.count();
      });
    const state = async () => [
      await app.database.client.count({ where: { firmId: firm.id } }),
      await app.database.region.count({ where: { firmId: firm.id } }),
      await app.database.change.count({ where: { firmId: firm.id, entity: 'Client' } }),
    ];
    await expect(run(write(true), firm)).rejects.toThrow();
    expect(await state()).toEqual([0, 0, 0]);
    expect(await run(write(false), firm)).toBe(2);
    expect(await state()).toEqual([2, 1, 3]);
    const sequences = await app.database.change.findMany({ where: { firmId: firm.id }, select: { sequence: true } });
    expect(new Set(sequences.map(({ sequence }) => sequence)).size).toBe(sequences.length);
  });

  test('go on in the transaction after a refused one', async () => {
    const names = await run(
      (context) =>
        context.prisma.$transaction(async (tx) => {
          const records = context.records.within(tx);
          await records.create('Client', { trackingId: 'A', name: 'A' });
          const twice = records.create('Client', { trackingId: 'A', name: 'twice' });
          await expect(twice).rejects.toMatchObject({ code: 'DUPLICATE' });
          await records.create('Client', { trackingId: 'C', name: 'C' });
          return (await tx.client.findMany({ orderBy: { name: 'asc' } })).map(({ name }) => name);
        }),
      firm,
    );
    expect(names).toEqual(['A', 'C']);
  });

  test('lose nothing when many transactions and mutations write the same record', async () => {
    await firm.ok(UPSERT, { id: 'shared', note: '0' });
    const document = probing('mutation', (context) =>
      context.prisma.$transaction(
        async (tx) => {
          const records = context.records.within(tx);
          const found = await tx.client.findFirstOrThrow({ where: { trackingId: 'shared' } });
          await records.patch('Client', { id: found.id }, { tags: [newId('Token')] });
          await records.upsert('Client', { trackingId: 'shared' }, { note: newId('Token') });
        },
        { timeout: 20_000 },
      ),
    );
    const patch = `mutation ($note: String) { upsertClient(input: { trackingId: "shared", note: $note }) { result } }`;
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => firm.ok(document)),
      ...Array.from({ length: 10 }, (_, index) => firm.ok(patch, { note: `m${index}` })),
    ]);
    expect(answers).toHaveLength(15);
    const client = await app.database.client.findFirstOrThrow({ where: { firmId: firm.id } });
    // Each of them changed it, once or twice.
    expect(client.revision).toBe(1 + 5 * 2 + 10);
    expect(await app.database.change.count({ where: { firmId: firm.id, entity: 'Client' } })).toBe(client.revision);
  }, 60_000);

  test.runIf(provider === 'postgres')('are a CONFLICT in a snapshot that somebody else changed', async () => {
    await firm.ok(UPSERT, { id: 'shared' });
    const document = probing('mutation', (context) =>
      context.prisma.$transaction(
        async (tx) => {
          await tx.client.count();
          await firm.ok(UPSERT, { id: 'shared', note: 'meanwhile' });
          await context.records.within(tx).upsert('Client', { trackingId: 'shared' }, { note: 'late' });
        },
        { isolationLevel: 'RepeatableRead' as never },
      ),
    );
    const { errors } = await firm.run(document);
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT');
  });
});
