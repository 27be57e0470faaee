/** Finds records with one typed call each, as far as the viewer may see them. */
import type { ClientContact, CustomField } from '../../src/database/generated/sqlite/client.ts';
import type { Context } from './context.ts';

/** Matches records that are not deleted. */
const LIVE = { deletedAt: null };

/** A record found by a key, possibly deleted. */
interface Found {
  id: string;
  deletedAt: Date | null;
  mergedIntoId: string | null;
}

/** The record itself when it is live, otherwise the live record it was merged into. */
async function orTarget<T extends Found>(found: T | null, live: (id: string) => Promise<T | null>): Promise<T | null> {
  if (!found) return null;
  if (found.deletedAt === null) return found;
  return found.mergedIntoId === null ? null : live(found.mergedIntoId);
}

export function client(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.client.findFirst({ where: { firmId, id, ...LIVE } });
}

export function contact(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.clientContact.findFirst({ where: { firmId, id, ...LIVE } });
}

export function location(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.clientLocation.findFirst({ where: { firmId, id, ...LIVE } });
}

export function employee(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.employee.findFirst({ where: { firmId, id } });
}

export function clientGroup(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.clientGroup.findFirst({ where: { firmId, id } });
}

export function clientType(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.clientType.findFirst({ where: { firmId, id } });
}

export function region(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.region.findFirst({ where: { firmId, id } });
}

export function successCycle(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.successCycle.findFirst({ where: { firmId, id } });
}

export function contactRole(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.contactRole.findFirst({ where: { firmId, id } });
}

export function customField(id: string | null, { prisma, viewer: { firmId } }: Context) {
  return id === null ? null : prisma.customField.findFirst({ where: { firmId, id } });
}

export function customFieldsOf(entity: string, { prisma, viewer: { firmId } }: Context): Promise<CustomField[]> {
  return prisma.customField.findMany({ where: { firmId, entity } });
}

export interface ClientKey {
  id?: string;
  trackingId?: string;
  externalId?: { system: string; id: string };
}

/** The client with this key. Portal users find only their own. */
export async function clientBy({ id, trackingId, externalId }: ClientKey, context: Context) {
  const { prisma, viewer } = context;
  const { firmId } = viewer;
  const holder =
    externalId &&
    (await prisma.externalId.findFirst({
      where: { firmId, kind: 'Client', system: externalId.system, externalId: externalId.id },
    }));
  if (externalId && !holder) return null;
  const key = trackingId === undefined ? { id: id ?? holder?.entityId ?? '' } : { trackingId };
  const found = await prisma.client.findFirst({ where: { firmId, ...key } });
  const shown = await orTarget(found, async (target) => client(target, context));
  if (viewer.role !== 'CONTACT') return shown;
  const own = await ownContact(context);
  return shown?.id === own?.clientId ? shown : null;
}

export interface ContactKey {
  id?: string;
  trackingId?: string;
}

/** The contact with this key. Portal users find only themselves. */
export async function contactBy({ id, trackingId }: ContactKey, context: Context) {
  const { prisma, viewer } = context;
  const key = trackingId === undefined ? { id: id ?? '' } : { trackingId };
  const found = await prisma.clientContact.findFirst({ where: { firmId: viewer.firmId, ...key } });
  const shown = await orTarget(found, async (target) => contact(target, context));
  return viewer.role === 'CONTACT' && shown?.id !== viewer.contactId ? null : shown;
}

/** The portal user's contact. */
export async function ownContact(context: Context): Promise<ClientContact | null> {
  return contact(context.viewer.contactId, context);
}

/** The record with this id and its type name; null when it does not exist or the viewer may not see it. */
export async function nodeOf(id: string, context: Context): Promise<object | null> {
  const find = NODES[id.split('_')[0] ?? ''];
  if (!find) return null;
  const { viewer } = context;
  if (viewer.role === 'CONTACT' && !/^(client|contact|location)_/.test(id)) return null;
  const record = await find.record(id, context);
  return record && { __typename: find.type, ...record };
}

/** The record type that an id names. */
export const typeOfId = (id: string): string | undefined => NODES[id.split('_')[0] ?? '']?.type;

type Find = { type: string; record(id: string, context: Context): Promise<object | null> | null };

/** By the prefix of ids. */
const NODES: Readonly<Record<string, Find>> = {
  client: { type: 'Client', record: (id, context) => clientBy({ id }, context) },
  contact: { type: 'ClientContact', record: (id, context) => contactBy({ id }, context) },
  location: { type: 'ClientLocation', record: ownLocation },
  employee: { type: 'Employee', record: employee },
  group: { type: 'ClientGroup', record: clientGroup },
  type: { type: 'ClientType', record: clientType },
  region: { type: 'Region', record: region },
  cycle: { type: 'SuccessCycle', record: successCycle },
  role: { type: 'ContactRole', record: contactRole },
  field: { type: 'CustomField', record: customField },
};

export async function ownLocation(id: string, context: Context) {
  const found = await location(id, context);
  if (context.viewer.role !== 'CONTACT') return found;
  const own = await ownContact(context);
  return found?.clientId === own?.clientId ? found : null;
}

/** Conditions that limit contacts and locations to those the viewer may see. */
export function visibleContacts({ viewer: { role, contactId } }: Context) {
  return role === 'CONTACT' ? { ...LIVE, id: contactId ?? '' } : LIVE;
}

export async function visibleLocations(context: Context) {
  if (context.viewer.role !== 'CONTACT') return LIVE;
  const own = await ownContact(context);
  return { ...LIVE, AND: { clientId: own?.clientId ?? '' } };
}
