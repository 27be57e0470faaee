/** A firm's records, including deleted ones: the source of ids, keys and cursors in arguments. */
import type { Change, Client, ClientContact, ClientLocation, CustomField } from '../support/prisma.ts';
import type { OddFirm, Token } from './data.ts';
import type { PrismaClient } from './prisma.ts';

export interface World {
  firmId: number;
  tokens: readonly Token[];
  /** Ids by type, oldest first. */
  ids: Readonly<Record<string, readonly string[]>>;
  /** Ids that find nothing. */
  strangers: readonly string[];
  clients: readonly Client[];
  contacts: readonly ClientContact[];
  locations: readonly ClientLocation[];
  changes: readonly Change[];
  fields: readonly CustomField[];
  externalIds: readonly { system: string; id: string }[];
  /** Records of all types that are listed by name. */
  named: readonly { id: string; name: string }[];
}

export async function worldOf(prisma: PrismaClient, { firm, tokens }: OddFirm, stranger: string): Promise<World> {
  const where = { firmId: firm.id };
  const oldestFirst = { where, orderBy: { id: 'asc' } } as const;
  const clients = await prisma.client.findMany(oldestFirst);
  const contacts = await prisma.clientContact.findMany(oldestFirst);
  const locations = await prisma.clientLocation.findMany(oldestFirst);
  const fields = await prisma.customField.findMany(oldestFirst);
  const named = {
    Employee: await prisma.employee.findMany(oldestFirst),
    ClientGroup: await prisma.clientGroup.findMany(oldestFirst),
    ClientType: await prisma.clientType.findMany(oldestFirst),
    Region: await prisma.region.findMany(oldestFirst),
    SuccessCycle: await prisma.successCycle.findMany(oldestFirst),
    ContactRole: await prisma.contactRole.findMany(oldestFirst),
  };
  const all = { Client: clients, ClientContact: contacts, ClientLocation: locations, CustomField: fields, ...named };
  const externalIds = await prisma.externalId.findMany({ where, orderBy: { externalId: 'asc' } });
  const [token] = await prisma.token.findMany(oldestFirst);
  return {
    firmId: firm.id,
    tokens,
    ids: Object.fromEntries(Object.entries(all).map(([type, rows]) => [type, rows.map(({ id }) => id)])),
    strangers: [stranger, String(token?.id), String(firm.id), '', 'client_', 'nonsense', `client_${'0'.repeat(26)}`],
    clients,
    contacts,
    locations,
    changes: await prisma.change.findMany({ where, orderBy: { sequence: 'asc' } }),
    fields,
    externalIds: externalIds.map(({ system, externalId }) => ({ system, id: externalId })),
    named: [...locations, ...Object.values(named).flat(), ...clients],
  };
}
