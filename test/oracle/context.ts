/** What the oracle's resolvers know: who asks, and a database to ask. */
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { PrismaClient } from './prisma.ts';

export type Role = 'ADMIN' | 'WRITER' | 'READER' | 'CONTACT';

export interface Viewer {
  firmId: string;
  firmName: string;
  tokenName: string;
  role: Role;
  employeeId: string | null;
  contactId: string | null;
}

export interface Context {
  prisma: PrismaClient;
  viewer: Viewer;
  /** What a mutation did, where the document is one. */
  writes: ReadonlyMap<string, Written>;
  /** Errors of root fields, those that graphql-js drops when another one has failed the whole answer among them. */
  failures: Failure[];
  /** Root fields that are still being resolved. */
  resolving: Promise<unknown>[];
}

/** What is known of a mutation beside the database: the record that its payload carries, and what the payload says of it. */
export interface Written {
  record: Record<string, unknown>;
  more: Record<string, unknown>;
}

export interface Failure {
  path: readonly (string | number)[];
  code: string;
  fields: readonly Fault[] | undefined;
}

/** An argument, or a part of one, that is refused. */
export interface Fault {
  path: readonly (string | number)[];
  code: string;
}

export function refusal(code: string, fields?: readonly Fault[]): GraphQLError {
  return new GraphQLError(code, { extensions: { code, fields } });
}

export const badInput = (path: readonly (string | number)[]): Fault => ({ path, code: 'BAD_USER_INPUT' });

/** Throws when there are faults. */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw refusal('BAD_USER_INPUT', faults);
}

/** The caller that a token stands for; undefined where it is none any more, as when its contact was deleted. */
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
