/** Tokens: who may speak for a firm, and as what. */
import { hash, randomBytes } from 'node:crypto';
import { InvalidInput, NotFound } from '../base/errors.ts';
import { identify, newId } from '../base/ids.ts';
import type { Db } from '../database/client.ts';
import { and, type OneRead, type RowRead, readByKey, readRows, storedInstant } from '../database/sql/index.ts';
import { UniqueViolation, type Write } from '../database/store/index.ts';
import { checkText, Issues } from '../fields/parse.ts';
import { commit, retrying } from '../records/write.ts';
import type { Role, Viewer } from '../session/viewer.ts';
import { findFirm, newFirm, nextFirmId } from './firms.ts';

identify('Token', 'token');

/** What secrets of ours begin with, so that a leaked one is recognized. */
const SECRET_PREFIX = 'clt_';
/** Longest name of a token, in characters. */
export const TOKEN_NAME_MAX = 100;
/** The firm that is made on a first start. */
export const FIRST_FIRM = 'demo';

export interface NewToken {
  firmId: number;
  /** The `actor` of the changes made with it. */
  name: string;
  role: Role;
  /** Made when not given. */
  secret?: string | undefined;
  /** The employee it acts for. */
  employeeId?: string | undefined;
  /** The contact that a CONTACT token is bound to. */
  contactId?: string | undefined;
}

/**
 * What is stored of a secret: SHA-256, hex. A slow hash guards passwords that people choose; these are 256 random bits
 * (or a CLIENTELE_ADMIN_TOKEN, which the operator keeps random), and every request looks one up.
 */
function hashOf(secret: string): string {
  return hash('sha256', secret);
}

/** Makes a token and answers its secret, which is nowhere to be found later. */
export async function createToken(database: Db, token: NewToken): Promise<{ id: string; secret: string }> {
  const { firmId, contactId } = token;
  return retrying(async () => {
    const { id, secret, write } = newToken(token);
    await checkBearer(database, token);
    // A deleted contact stays in its table, so that no foreign key keeps a token from it.
    const writes: Write[] = contactId
      ? [write, { kind: 'require', model: 'ClientContact', where: { firmId, id: contactId, deletedAt: null } }]
      : [write];
    await commit(database, writes);
    return { id, secret };
  });
}

/** Throws InvalidInput unless the contact and the employee that the token is for are there. */
async function checkBearer(database: Db, { firmId, contactId, employeeId }: NewToken): Promise<void> {
  const issues = new Issues();
  const says = 'There is none with this id in the firm';
  if (contactId) {
    const where = { firmId, id: contactId, deletedAt: null };
    if ((await database.clientContact.count({ where })) === 0) issues.add(['contact'], says, 'NOT_FOUND');
  }
  if (employeeId) {
    if ((await database.employee.count({ where: { firmId, id: employeeId } })) === 0)
      issues.add(['employee'], says, 'NOT_FOUND');
  }
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
}

/** A token, and what to commit for it to be valid. */
function newToken(token: NewToken): { id: string; secret: string; write: Write } {
  const issues = new Issues();
  checkText(token.name, { min: 1, max: TOKEN_NAME_MAX }, ['name'], issues);
  if (token.role === 'CONTACT' && !token.contactId) issues.add(['contact'], 'is required for the role CONTACT');
  if (token.role !== 'CONTACT' && token.contactId) issues.add(['contact'], 'is only for the role CONTACT');
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  const secret = token.secret ?? SECRET_PREFIX + randomBytes(32).toString('base64url');
  const id = newId('Token');
  const { firmId, name, role, employeeId = null, contactId = null } = token;
  const row = { firmId, id, name, role, hash: hashOf(secret), employeeId, contactId, createdAt: storedInstant() };
  return { id, secret, write: { kind: 'insert', model: 'Token', rows: [row] } };
}

/** What tells who a viewer is and what it may do. */
export const VIEWER_MODELS = ['Token', 'Firm', 'ClientContact'] as const;

const one = (relation: string, model: 'Firm' | 'ClientContact', ...columns: string[]): [string, OneRead] => [
  relation,
  { is: 'one', relation, row: { model, columns: new Set(columns), relations: new Map() } },
];

const TOKEN: RowRead = {
  model: 'Token',
  columns: new Set(['firmId', 'id', 'name', 'role', 'employeeId', 'contactId', 'revokedAt']),
  // A contact that is deleted is not found.
  relations: new Map([one('firm', 'Firm', 'name', 'definitionsVersion'), one('contact', 'ClientContact', 'id')]),
};

interface FoundToken {
  firmId: number;
  id: string;
  name: string;
  role: Role;
  employeeId: string | null;
  contactId: string | null;
  revokedAt: string | null;
  ':firm': { name: string; definitionsVersion: number };
  ':contact': { id: string } | null;
}

/** The viewer that a secret stands for; null when it is unknown or revoked, or its contact deleted. One statement. */
export async function findViewer(database: Db, secret: string): Promise<Viewer | null> {
  const token = (await readByKey(database, TOKEN, { hash: hashOf(secret) })) as FoundToken | null;
  if (!token || token.revokedAt !== null) return null;
  const { firmId, id: tokenId, name: tokenName, role, employeeId, contactId, ':firm': firm } = token;
  if (contactId !== null && token[':contact'] === null) return null;
  const { name: firmName, definitionsVersion } = firm;
  return { firmId, firmName, tokenId, tokenName, role, employeeId, contactId, definitionsVersion };
}

/** Revokes a token, by its id or its secret: from the next request on it is unknown. Throws NotFound. */
export async function revokeToken(database: Db, idOrSecret: string): Promise<void> {
  const { count } = await database.token.updateMany({
    where: { OR: [{ id: idOrSecret }, { hash: hashOf(idOrSecret) }], revokedAt: null },
    data: { revokedAt: new Date() },
  });
  if (count === 0) throw new NotFound('token that is valid', ['token']);
}

/** The tokens of a firm, oldest first; revoked ones too. */
export function listTokens(database: Db, firmId: number) {
  const select = { id: true, name: true, role: true, createdAt: true, revokedAt: true };
  return database.token.findMany({ where: { firmId }, orderBy: { id: 'asc' }, select });
}

/** Makes `secret` valid as an admin token of the firm `demo`. Done twice, or by two processes at once, it is done once. */
export async function ensureAdminToken(database: Db, secret: string): Promise<void> {
  const token = { name: 'CLIENTELE_ADMIN_TOKEN', role: 'ADMIN', secret } as const;
  const restore: Write = { kind: 'update', model: 'Token', where: { hash: hashOf(secret) }, set: { revokedAt: null } };
  for (let tried = 1; ; tried++) {
    if ((await database.$commit([restore])) === 'committed') return;
    const firm = await findFirm(database, FIRST_FIRM);
    try {
      if (firm) await createToken(database, { ...token, firmId: firm.id });
      else await createFirstFirm(database, token);
      return;
    } catch (error) {
      // Another process made the firm or the token meanwhile.
      if (!(error instanceof UniqueViolation) || tried === 3) throw error;
    }
  }
}

/** On a database without any firm: makes the firm `demo` and an admin token, and returns its secret. Else null. */
export async function firstStartToken(database: Db): Promise<string | null> {
  // Asked at each start: not by a typed call, for which the query compiler would be loaded.
  const firm = { model: 'Firm' as const, columns: new Set(['id']), relations: new Map() };
  if ((await readRows(database, firm, and())).length > 0) return null;
  try {
    return await createFirstFirm(database, { name: 'first start', role: 'ADMIN' });
  } catch (error) {
    // Of several first starts at the same time, the one that makes the firm makes the token.
    if (error instanceof UniqueViolation) return null;
    throw error;
  }
}

/** Makes the firm `demo` and a token in one commit: however the process ends, there is no firm without a token. */
async function createFirstFirm(database: Db, token: Omit<NewToken, 'firmId'>): Promise<string> {
  const { firm, writes } = newFirm(FIRST_FIRM, await nextFirmId(database));
  const { secret, write } = newToken({ ...token, firmId: firm.id });
  await retrying(() => commit(database, [...writes, write]));
  return secret;
}
