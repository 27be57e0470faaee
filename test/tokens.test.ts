import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { kindOf, newId, parseId } from '../src/base/ids.ts';
import { Budget, Meter } from '../src/base/meter.ts';
import type { Db } from '../src/database/client.ts';
import { openDatabase } from '../src/database/open.ts';
import { sql } from '../src/database/sql/sql.ts';
import { createFirm, findFirm, listFirms } from '../src/firms/firms.ts';
import {
  createToken,
  ensureAdminToken,
  findViewer,
  firstStartToken,
  listTokens,
  revokeToken,
} from '../src/firms/tokens.ts';
import { openSession, type Session, ViewerChanged } from '../src/session/session.ts';
import { startApp, type TestFirm } from './support/app.ts';
import { freshDatabase, freshDatabaseUrl } from './support/database.ts';
import { recordsOf } from './support/records.ts';
import { committing, query } from './support/sql.ts';

describe('a firm', () => {
  let database: Db;
  beforeAll(async () => {
    database = await freshDatabase();
  });

  test('begins with the one group Unassigned', async () => {
    const firm = await createFirm(database, 'Acme');
    expect(firm.id).toBeGreaterThan(0);
    expect(await findFirm(database, 'Acme')).toEqual(firm);
    expect(await database.clientGroup.findMany({ where: { firmId: firm.id } })).toEqual([
      expect.objectContaining({ name: 'Unassigned', nameFolded: 'unassigned', isDefault: true, revision: 1 }),
    ]);
  });

  test('has a name that no other has', async () => {
    await expect(createFirm(database, 'Acme')).rejects.toMatchObject({ code: 'DUPLICATE' });
    expect(await database.clientGroup.count()).toBe(1);
    expect(await findFirm(database, 'acme')).toBeNull();
  });

  test.each([
    ['empty', ''],
    ['blank', '  '],
    ['padded', ' Acme'],
    ['long', 'x'.repeat(256)],
  ])('cannot have a name that is %s', async (_, name) => {
    await expect(createFirm(database, name)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: ['name'] }],
    });
  });

  test('has a number of its own, however many are created at once', async () => {
    const several = await freshDatabase();
    const firms = await Promise.all(Array.from({ length: 12 }, (_, index) => createFirm(several, `Firm ${index}`)));
    expect(new Set(firms.map(({ id }) => id)).size).toBe(12);
    const twice = await Promise.allSettled([createFirm(several, 'Once'), createFirm(several, 'Once')]);
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is listed by name', async () => {
    await createFirm(database, 'Aaron');
    expect((await listFirms(database)).map(({ name }) => name)).toEqual(['Aaron', 'Acme']);
  });
});

describe('a commit that another writer undoes', () => {
  const secret = 'a-secret-of-the-operator';

  test('is made again until a firm, and its token, are there', async () => {
    const database = await freshDatabase();
    const firm = await createFirm(undoneOnce(database), 'Acme');
    expect(await findFirm(database, 'Acme')).toEqual(firm);
    const made = await createToken(undoneOnce(database), { firmId: firm.id, name: 'CRM', role: 'WRITER' });
    expect(await findViewer(database, made.secret)).toMatchObject({ tokenId: made.id });
  });

  test('is made again until the first token is valid', async () => {
    const database = await freshDatabase();
    const first = await firstStartToken(undoneOnce(database));
    expect(await findViewer(database, first ?? '')).toMatchObject({ firmName: 'demo', role: 'ADMIN' });
    await ensureAdminToken(undoneOnce(database), secret);
    await revokeToken(database, secret);
    await ensureAdminToken(undoneOnce(database), secret);
    expect(await findViewer(database, secret)).toMatchObject({ role: 'ADMIN' });
  });

  test('fails when it is undone each time', async () => {
    const database = await freshDatabase();
    const never = committing(database, async () => 'stale');
    await expect(createFirm(never, 'Acme')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await findFirm(database, 'Acme')).toBeNull();
  });
});

describe('a token', () => {
  let database: Db;
  let firmId: number;
  beforeAll(async () => {
    database = await freshDatabase();
    firmId = (await createFirm(database, 'Acme')).id;
  });

  test('stands for its firm, role and name, found with one statement', async () => {
    const { id, secret } = await createToken(database, { firmId, name: 'CRM', role: 'WRITER' });
    expect(kindOf(id)).toBe('Token');
    expect(secret).toMatch(/^clt_[\w-]{43}$/);
    const read = vi.spyOn(database.$adapter, 'cells');
    const viewer = await findViewer(database, secret);
    expect(read).toHaveBeenCalledOnce();
    read.mockRestore();
    expect(viewer).toEqual({
      ...{ firmId, firmName: 'Acme', tokenId: id, tokenName: 'CRM', role: 'WRITER' },
      ...{ employeeId: null, contactId: null, definitionsVersion: 0 },
    });
  });

  test('is nowhere stored as it is', async () => {
    const { secret } = await createToken(database, { firmId, name: 'hidden', role: 'READER' });
    const rows = await query(database, sql`SELECT * FROM "Token"`);
    expect(JSON.stringify(rows)).not.toContain(secret.slice('clt_'.length));
  });

  test.each([
    ['unknown', 'clt_unknown'],
    ['empty', ''],
    ['not even text for a database', 'clt_\u0000'],
    ['like another', '%'],
  ])('that is %s stands for nobody', async (_, secret) => {
    expect(await findViewer(database, secret)).toBeNull();
  });

  test('that is revoked, by its id or itself, stands for nobody', async () => {
    for (const by of ['id', 'secret'] as const) {
      const made = await createToken(database, { firmId, name: by, role: 'ADMIN' });
      await revokeToken(database, made[by]);
      expect(await findViewer(database, made.secret)).toBeNull();
      await expect(revokeToken(database, made[by])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    const revoked = (await listTokens(database, firmId)).filter((token) => token.revokedAt !== null);
    expect(revoked.map(({ name }) => name)).toEqual(['id', 'secret']);
  });

  test('needs a contact for the role CONTACT, and for that only', async () => {
    const contactId = 'contact_01hzzzzzzzzzzzzzzzzzzzzzzz';
    await expect(createToken(database, { firmId, name: 'portal', role: 'CONTACT' })).rejects.toThrow(/contact/);
    await expect(createToken(database, { firmId, name: 'portal', role: 'READER', contactId })).rejects.toThrow(
      /contact/,
    );
    const missing = createToken(database, { firmId, name: 'portal', role: 'CONTACT', contactId });
    await expect(missing).rejects.toMatchObject({ fields: [{ path: ['contact'], code: 'NOT_FOUND' }] });
  });

  test('acts only for an employee of its own firm', async () => {
    const { id: otherFirmId } = await createFirm(database, 'Other');
    const at = { createdAt: new Date(), updatedAt: new Date(), revision: 1 };
    const names = { name: 'Ann', nameFolded: 'ann' };
    const employeeId = newId('Employee');
    await database.employee.create({
      data: { firmId: otherFirmId, id: employeeId, ...names, ...at },
    });
    const foreign = createToken(database, { firmId, name: 'x', role: 'WRITER', employeeId });
    await expect(foreign).rejects.toMatchObject({ fields: [{ path: ['employee'], code: 'NOT_FOUND' }] });
    const own = await createToken(database, {
      firmId: otherFirmId,
      name: 'x',
      role: 'WRITER',
      employeeId,
    });
    expect(await findViewer(database, own.secret)).toMatchObject({ employeeId });
  });
});

describe('a token for a contact that is deleted', () => {
  let database: Db;
  let firm: TestFirm;
  let contactId: string;
  beforeEach(async () => {
    const app = await startApp();
    database = app.database;
    firm = await app.firm();
    contactId = (await recordsOf(firm)).ids.ClientContact ?? '';
  });

  const remove = () =>
    firm.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { __typename } }', { id: contactId });
  const create = (on: Db) => createToken(on, { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId });
  const refused = { code: 'BAD_USER_INPUT', fields: [{ path: ['contact'], code: 'NOT_FOUND' }] };

  test('is refused', async () => {
    await expect(create(database)).resolves.toBeDefined();
    await remove();
    await expect(create(database)).rejects.toMatchObject(refused);
  });

  test('is refused when that happens meanwhile', async () => {
    const meanwhile = committing(database, async (writes) => {
      if (await findContact()) await remove();
      return database.$commit(writes);
    });
    const findContact = async () =>
      (
        await query(
          database,
          sql`SELECT 1 FROM "ClientContact" WHERE "id" = ${parseId(contactId)?.number} AND "deletedAt" IS NULL`,
        )
      )[0];
    await expect(create(meanwhile)).rejects.toMatchObject(refused);
    expect((await listTokens(database, firm.id)).map(({ role }) => role)).not.toContain('CONTACT');
  });
});

describe('a request whose token is revoked meanwhile', () => {
  test.each([
    [
      'commits nothing',
      (session: Session) => session.$commit([{ kind: 'require', model: 'Firm', where: { id: session.viewer.firmId } }]),
    ],
  ])('%s', async (_, write) => {
    const database = await freshDatabase();
    const { id: firmId } = await createFirm(database, 'Acme');
    const { secret } = await createToken(database, { firmId, name: 'CRM', role: 'ADMIN' });
    const viewer = await findViewer(database, secret);
    if (!viewer) throw new Error('The token is unknown');
    const open = () =>
      openSession({
        database,
        viewer,
        lookUp: () => findViewer(database, secret),
        justFound: false,
        meter: new Meter(new Budget(), viewer.tokenId),
      });
    await expect(write(open())).resolves.toBeDefined();
    await revokeToken(database, secret);
    await expect(write(open())).rejects.toThrow(ViewerChanged);
  });
});

describe('a token that a server knows', () => {
  let databaseUrl: string;
  let firm: TestFirm;
  let send: (secret: string) => Promise<number>;
  beforeEach(async () => {
    databaseUrl = await freshDatabaseUrl();
    const app = await startApp(await openDatabase({ databaseUrl, poolSize: 5 }));
    firm = await app.firm();
    send = async (secret) => (await app.send(secret, '{ viewer { firm } }')).status;
  });

  test('is refused from the next request on when another process revokes it', async () => {
    const other = await openDatabase({ databaseUrl, poolSize: 2 });
    try {
      const { secret } = await createToken(other, { firmId: firm.id, name: 'short', role: 'READER' });
      // Known, and looked up no more than it takes.
      for (let times = 0; times < 3; times++) expect(await send(secret)).toBe(200);
      await revokeToken(other, secret);
      expect(await send(secret)).toBe(401);
    } finally {
      await other.$close();
    }
  });

  test('is refused from the next request on when its contact is deleted', async () => {
    const { ids } = await recordsOf(firm);
    const other = await openDatabase({ databaseUrl, poolSize: 2 });
    const contactId = String(ids.ClientContact);
    const { secret } = await createToken(other, { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId });
    await other.$close();
    for (let times = 0; times < 3; times++) expect(await send(secret)).toBe(200);
    await firm.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { __typename } }', { id: contactId });
    expect(await send(secret)).toBe(401);
  });
});

/** A database whose next commit is undone, as when two writers wait for one another. */
function undoneOnce(database: Db): Db {
  let undone = false;
  return committing(database, async (writes) => {
    if (undone) return database.$commit(writes);
    undone = true;
    return 'stale';
  });
}

/** A database of which nothing more is heard once something was committed to it. */
function killedAfterFirstCommit(database: Db): Db {
  let killed = false;
  return committing(database, async (writes) => {
    if (killed) throw new Error('killed');
    const outcome = await database.$commit(writes);
    killed = outcome === 'committed';
    return outcome;
  });
}

describe('at start', () => {
  const secret = 'a-secret-of-the-operator';

  test('the configured token is an admin of demo, however many processes begin at once', async () => {
    const url = await freshDatabaseUrl();
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase({ databaseUrl: url, poolSize: 2 })));
    const [database] = databases;
    if (!database) throw new Error('no database');
    try {
      for (const _ of ['at first', 'and again'])
        await Promise.all(databases.map((each) => ensureAdminToken(each, secret)));
      expect(await findViewer(database, secret)).toMatchObject({ firmName: 'demo', role: 'ADMIN' });
      expect(await database.token.count()).toBe(1);
      expect(await database.firm.count()).toBe(1);
      expect(await firstStartToken(database)).toBeNull();

      await revokeToken(database, secret);
      await ensureAdminToken(database, secret);
      expect(await findViewer(database, secret)).toMatchObject({ role: 'ADMIN' });
    } finally {
      for (const each of databases) await each.$close();
    }
  });

  test('a process that is killed leaves no firm without a token', async () => {
    const ways = [(database: Db) => ensureAdminToken(database, secret), firstStartToken];
    for (const begin of ways) {
      const database = await openDatabase({ databaseUrl: await freshDatabaseUrl(), poolSize: 2 });
      try {
        await begin(killedAfterFirstCommit(database)).catch(() => undefined);
        const prisma = database;
        expect([await prisma.firm.count(), await prisma.token.count()]).toEqual([1, 1]);
      } finally {
        await database.$close();
      }
    }
  });

  test('an empty database gets one token, however many processes begin at once', async () => {
    const url = await freshDatabaseUrl();
    const databases = await Promise.all([1, 2, 3, 4].map(() => openDatabase({ databaseUrl: url, poolSize: 2 })));
    const [database] = databases;
    if (!database) throw new Error('no database');
    try {
      const secrets = (await Promise.all(databases.map(firstStartToken))).filter((each) => each !== null);
      expect(secrets).toHaveLength(1);
      expect(await findViewer(database, secrets[0] ?? '')).toMatchObject({ firmName: 'demo', role: 'ADMIN' });
      expect(await database.token.count()).toBe(1);
      expect(await firstStartToken(database)).toBeNull();
    } finally {
      for (const each of databases) await each.$close();
    }
  });
});
