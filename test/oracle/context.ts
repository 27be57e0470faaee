/** What the oracle's resolvers are given, and the errors they throw. */
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { PrismaClient } from './prisma.ts';

export type Role = 'ADMIN' | 'WRITER' | 'READER' | 'CONTACT';

export interface Viewer {
  firmId: number;
  firmName: string;
  tokenName: string;
  role: Role;
  employeeId: string | null;
  contactId: string | null;
}

export interface Context {
  prisma: PrismaClient;
  viewer: Viewer;
  /** What the mutations of the document wrote, by response key. */
  writes: ReadonlyMap<string, Written>;
  /** All errors of root fields, including those that graphql-js drops once `data` is null. */
  failures: Failure[];
  /** Root fields, resolved or still resolving. */
  resolving: Promise<unknown>[];
}

/** The record that a mutation's payload carries, and the payload's other fields. */
export interface Written {
  record: Record<string, unknown>;
  more: Record<string, unknown>;
}

export interface Failure {
  path: readonly (string | number)[];
  code: string;
  fields: readonly Fault[] | undefined;
}

/** An offending argument, or part of one. */
export interface Fault {
  path: readonly (string | number)[];
  code: string;
}

export function refusal(code: string, fields?: readonly Fault[]): GraphQLError {
  return new GraphQLError(code, { extensions: { code, fields } });
}

export const badInput = (path: readonly (string | number)[]): Fault => ({ path, code: 'BAD_USER_INPUT' });

/** Throws BAD_USER_INPUT when there are faults. */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw refusal('BAD_USER_INPUT', faults);
}

/** The caller that a token identifies; undefined when it is revoked or its contact is deleted. */
export async function viewerOf(prisma: PrismaClient, secret: string): Promise<Viewer | undefined> {
  const hash = createHash('sha256').update(secret).digest('hex');
  const token = await prisma.token.findFirst({ where: { hash, revokedAt: null } });
  const firm = token && (await prisma.firm.findFirst({ where: { id: token.firmId } }));
  if (!token || !firm) return undefined;
  const { firmId, name: tokenName, role, employeeId, contactId } = token;
  const contact = contactId && (await prisma.clientContact.findFirst({ where: { firmId, id: contactId } }));
  if (contact && contact.deletedAt !== null) return undefined;
  return { firmId, firmName: firm.name, tokenName, role: role as Role, employeeId, contactId };
}
