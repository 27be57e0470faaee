/** The kinds of record that resolvers may write, each with the very functions that the mutations call. */
import {
  clientKind,
  createClient,
  deleteClient,
  patchClient,
  restoreClient,
  upsertClient,
} from '../clients/clients.ts';
import { contactKind, createContact, deleteContact, patchContact, upsertContact } from '../contacts/contacts.ts';
import type { Row } from '../database/database.ts';
import { clientTypeKind, contactRoleKind, employeeKind, regionKind, successCycleKind } from '../directory/directory.ts';
import { clientGroupKind, deleteClientGroup } from '../groups/groups.ts';
import { createLocation, deleteLocation, locationKind, patchLocation } from '../locations/locations.ts';
import { createNamed, deleteNamed, type NamedKind, patchNamed } from '../records/named.ts';
import type { Values } from '../records/patch.ts';
import type { RecordKind, Saved } from '../records/save.ts';
import type { Writer } from '../records/write.ts';

/** What a caller may say of a write; each kind takes notice of what its mutations take. */
export interface WriteOptions {
  /** Contacts: whether another one may have the same name. */
  allowDuplicates?: boolean;
  /** Patches of clients: the revision that the patch was made for. */
  expectedRevision?: number;
  /** Creating clients: the same call with the same key answers the client that the first one made. */
  idempotencyKey?: string;
}

/** How records of a kind are written. What a kind does not have, its mutations do not have either. */
export interface KindWrites {
  readonly kind: RecordKind;
  create(writer: Writer, input: Values, options: WriteOptions): Promise<Saved>;
  /** `input` holds the trackingId. */
  upsert?(writer: Writer, input: Values, options: WriteOptions): Promise<Saved>;
  patch(writer: Writer, id: string, input: Values, options: WriteOptions): Promise<Saved>;
  /** Answers the record as it was. */
  delete(writer: Writer, id: string): Promise<Row>;
  restore?(writer: Writer, id: string): Promise<Saved>;
}

/** A write that does not tell which fields changed. */
async function told(writing: Promise<Row>, result: Saved['result']): Promise<Saved> {
  return { row: await writing, result, changedFields: [] };
}

function named(kind: NamedKind, remove = (writer: Writer, id: string) => deleteNamed(writer, kind, id)): KindWrites {
  return {
    kind,
    create: (writer, input) => told(createNamed(writer, kind, input), 'CREATED'),
    patch: (writer, id, input) => told(patchNamed(writer, kind, id, input), 'UPDATED'),
    delete: remove,
  };
}

export const KINDS = {
  Client: {
    kind: clientKind,
    create: (writer, input, { idempotencyKey }) => createClient(writer, input, idempotencyKey),
    upsert: upsertClient,
    patch: (writer, id, input, { expectedRevision }) => patchClient(writer, id, input, expectedRevision),
    delete: deleteClient,
    restore: (writer, id) => restoreClient(writer, id),
  },
  ClientContact: {
    kind: contactKind,
    create: (writer, input, { allowDuplicates = false }) => createContact(writer, input, allowDuplicates),
    upsert: (writer, input, { allowDuplicates = false }) => upsertContact(writer, input, allowDuplicates),
    patch: (writer, id, input, { allowDuplicates = false }) => patchContact(writer, id, input, allowDuplicates),
    delete: deleteContact,
  },
  ClientLocation: {
    kind: locationKind,
    create: (writer, input) => told(createLocation(writer, input), 'CREATED'),
    patch: (writer, id, input) => told(patchLocation(writer, id, input), 'UPDATED'),
    delete: deleteLocation,
  },
  ClientGroup: named(clientGroupKind, deleteClientGroup),
  ContactRole: named(contactRoleKind),
  Employee: named(employeeKind),
  ClientType: named(clientTypeKind),
  Region: named(regionKind),
  SuccessCycle: named(successCycleKind),
} as const satisfies Record<string, KindWrites>;

export type Kind = keyof typeof KINDS;

/** Those that can be upserted: records that other systems know by an id of their own. */
export type UpsertKind = { [K in Kind]: (typeof KINDS)[K] extends { upsert: unknown } ? K : never }[Kind];

/** Those that come back by themselves. */
export type RestoreKind = { [K in Kind]: (typeof KINDS)[K] extends { restore: unknown } ? K : never }[Kind];
