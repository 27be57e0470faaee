/**
 * ClientSuccess patches a client: only what is sent is set, and null clears. That is Clientele's rule too, so the mapping
 * renames and regroups, and turns nothing that is absent into something that is there.
 */

/** The body of ClientSuccess's patch. Every part may be left out. */
export interface ClientSuccessClient {
  /** Values of custom fields, under keys that end in `__cs`. */
  custom?: Record<string, unknown>;
  name?: string;
  siteUrl?: string | null;
  logoUrl?: string | null;
  status?: string;
  active?: boolean;
  inceptionDate?: string | null;
  terminatedDate?: string | null;
  street?: string | null;
  city?: string | null;
  state?: string | null;
  zip?: string | null;
  country?: string | null;
  region?: { id: number; name?: string } | null;
  timezone?: string | null;
  externalId?: string | null;
  salesforceAccountId?: string | null;
  zendeskId?: string | null;
  freshdeskId?: string | null;
  usageId?: string | null;
  stripeId?: string | null;
  externalStatusId?: string | null;
  npsScore?: number | null;
  note?: string | null;
  createdByEmployeeId?: number | null;
  modifiedByEmployeeId?: number | null;
  /** The customer success manager. */
  managedByEmployeeId?: number | null;
  assignedSalesRepId?: number | null;
  /** The sales representative's name. */
  assignedSalesRep?: string | null;
  clientTypeId?: number | null;
  /** Tells the type where `clientTypeId` does not. */
  clientTypeTitle?: string | null;
  successCycleId?: number | null;
  primaryContactId?: number | null;
  parentClientId?: number | null;
  accTeamingRoles?: { employee: { id: number }; role: string }[];
}

/** Clientele's ids by those of ClientSuccess. */
export type IdTable = Readonly<Record<number, string>>;

/**
 * Which of Clientele's records an id of ClientSuccess stands for. Clients and contacts are found by ids of other systems
 * (FIND_CLIENT, FIND_CONTACT); for the rest the integration keeps a table, made when the records are.
 */
export interface ClientSuccessIds {
  regions: IdTable;
  employees: IdTable;
  types: IdTable;
  cycles: IdTable;
  contacts: IdTable;
  clients: IdTable;
}

/** An id of a client in another system, as Clientele keeps it. */
export interface ExternalId {
  system: string;
  id: string;
}

/** Where Clientele keeps each of ClientSuccess's ids. */
const SYSTEMS = {
  externalId: 'external',
  salesforceAccountId: 'salesforce',
  zendeskId: 'zendesk',
  freshdeskId: 'freshdesk',
  usageId: 'usage',
  stripeId: 'stripe',
  externalStatusId: 'status',
} as const satisfies Partial<Record<keyof ClientSuccessClient, string>>;

/** Finds the client to patch. Its revision guards against a change between this and the patch. */
export const FIND_CLIENT = `query ($externalId: String!) {
  client(by: { externalId: { system: "external", id: $externalId } }) { id revision externalIds { system id } }
}`;

/** Finds a contact, which was given ClientSuccess's id as its tracking ID. */
export const FIND_CONTACT = `query ($trackingId: String!) { clientContact(by: { trackingId: $trackingId }) { id } }`;

export const PATCH_CLIENT = `mutation ($id: ID!, $input: PatchClientInput!, $revision: Int) {
  patchClient(by: { id: $id }, input: $input, expectedRevision: $revision) { changedFields client { id } }
}`;

/** The input of `patchClient`. `current` is the client as it is: one part of the mapping goes on from it. */
export function toClienteleInput(
  body: ClientSuccessClient,
  current: { externalIds: ExternalId[] },
  ids: ClientSuccessIds,
) {
  return {
    ...profile(body),
    ...relations(body, ids),
    address: address(body),
    externalIds: externalIds(body, current.externalIds),
    // A map as it comes: each `…__cs` is a custom field with that very key, to be defined beforehand.
    customFields: body.custom,
  };
}

/** What is one field on either side, under the same name or another. */
function profile(body: ClientSuccessClient) {
  return {
    name: body.name,
    websiteUrl: body.siteUrl,
    logoUrl: body.logoUrl,
    status: body.status,
    active: body.active,
    inceptionDate: body.inceptionDate,
    terminatedDate: body.terminatedDate,
    timezone: body.timezone,
    npsScore: body.npsScore,
    note: body.note,
    assignedSalesRepName: body.assignedSalesRep,
  };
}

/** What points at other records. */
function relations(body: ClientSuccessClient, ids: ClientSuccessIds) {
  return {
    region: { id: body.region ? reference(ids.regions, body.region.id) : body.region },
    createdBy: { id: reference(ids.employees, body.createdByEmployeeId) },
    modifiedBy: { id: reference(ids.employees, body.modifiedByEmployeeId) },
    assignedCsm: { id: reference(ids.employees, body.managedByEmployeeId) },
    assignedSalesRep: { id: reference(ids.employees, body.assignedSalesRepId) },
    // As in ClientSuccess, the id wins; where it is null, the title tells the type.
    type: { id: reference(ids.types, body.clientTypeId) },
    typeName: body.clientTypeTitle,
    successCycle: { id: reference(ids.cycles, body.successCycleId) },
    primaryContact: { id: reference(ids.contacts, body.primaryContactId) },
    parent: { id: reference(ids.clients, body.parentClientId) },
    accountTeam: body.accTeamingRoles?.map(({ employee, role }) => ({
      employee: { id: reference(ids.employees, employee.id) },
      role,
    })),
  };
}

/** Clientele's id. What is absent stays absent, and null stays null. */
function reference<T extends number | null | undefined>(table: IdTable, id: T) {
  if (typeof id !== 'number') return id;
  const known = table[id];
  if (known === undefined) throw new Error(`No record stands for the id ${id}`);
  return known;
}

/** Five fields become one object, which Clientele merges part by part: what is not sent stays. */
function address({ street, city, state, zip, country }: ClientSuccessClient) {
  const parts = { line1: street, city, region: state, postalCode: zip, country };
  return Object.values(parts).every((part) => part === undefined) ? undefined : parts;
}

/**
 * Seven fields become one list, which Clientele replaces as a whole: the ids that the body does not speak of are sent
 * along as they are. null takes an id away.
 */
function externalIds(body: ClientSuccessClient, current: ExternalId[]): ExternalId[] | undefined {
  const ids = new Map(current.map(({ system, id }) => [system, id]));
  const sent = Object.entries(SYSTEMS).filter(([field]) => body[field as keyof typeof SYSTEMS] !== undefined);
  for (const [field, system] of sent) {
    const id = body[field as keyof typeof SYSTEMS];
    if (typeof id === 'string') ids.set(system, id);
    else ids.delete(system);
  }
  return sent.length === 0 ? undefined : [...ids].map(([system, id]) => ({ system, id }));
}
