/**
 * What can be exported and imported. A line is the input of the entity's upsert, but for what it points at: a field
 * `regionId` may be given as `region`, the name, by which another firm finds it too.
 */
import { clientKind, patchClient, restoreClient, upsertClient } from '../clients/clients.ts';
import { contactKind, patchContact, upsertContact } from '../contacts/contacts.ts';
import { boolean, type Field, type Fields, type ReferenceField, text } from '../records/fields.ts';
import type { Values } from '../records/patch.ts';
import type { RecordKind, Saved } from '../records/save.ts';
import type { Writer } from '../records/write.ts';

export interface Entity {
  readonly kind: RecordKind;
  /** All that a line may hold. */
  readonly line: Fields;
  /** The keys of a line as it is exported. */
  readonly exported: readonly string[];
  upsert(writer: Writer, input: Values, allowDuplicates: boolean): Promise<Saved>;
  patch(writer: Writer, id: string, input: Values, allowDuplicates: boolean): Promise<Saved>;
  /** Brings a deleted one back by its id, and patches it, where that can be done. */
  restore?(writer: Writer, id: string, input: Values): Promise<Saved>;
}

export type EntityName = 'clients' | 'contacts';

/** The key under which a line names what the field `…Id` points at. */
export function nameKey(field: string): string {
  return field.replace(/Id$/, '');
}

/** Whether a line may name what the field points at. Contacts have nothing to be named by but their own lines. */
export function isNamed(field: Field): field is ReferenceField {
  return field.kind === 'reference' && field.to !== 'ClientContact';
}

/** How each kind of record is named. */
const NAMED_BY: Readonly<Record<string, string>> = {
  Client: 'trackingId, or its id where it has none',
  ClientLocation: 'name among those of the client; null is the primary one',
  Employee: 'name, or `name <e-mail address>`',
};

/** The fields of a line: those of the record, with names beside ids. */
function withNames(fields: Fields): Fields {
  const entries = Object.entries(fields).flatMap(([name, field]): [string, Field][] => {
    if (field.kind === 'objectList') return [[name, { ...field, fields: withNames(field.fields) }]];
    if (!isNamed(field)) return [[name, field]];
    return [
      [nameKey(name), text(`${field.description} By its ${NAMED_BY[field.to] ?? 'name'}.`, { max: 512 })],
      [name, field],
    ];
  });
  return Object.fromEntries(entries);
}

const id = (what: string) =>
  text(`The id of the ${what}, where it has no trackingId. In another firm it becomes the trackingId.`, { max: 64 });

/** The keys of an exported line: names instead of ids, and `further` ones. */
function exportedKeys(fields: Fields, further: readonly string[] = []): string[] {
  const own = Object.entries(fields).flatMap(([name, field]) =>
    field.kind !== 'reference' ? [name] : isNamed(field) ? [nameKey(name)] : [],
  );
  return ['id', 'trackingId', ...own.filter((name) => name !== 'trackingId'), ...further];
}

export const ENTITIES: Readonly<Record<EntityName, Entity>> = {
  clients: {
    kind: clientKind,
    line: {
      id: id('client'),
      ...withNames(clientKind.fields),
      typeName: text('The same as `type`.', { max: 255 }),
    },
    exported: exportedKeys(clientKind.fields),
    upsert: (writer, input) => upsertClient(writer, input),
    patch: (writer, id, input) => patchClient(writer, id, input),
    restore: restoreClient,
  },
  contacts: {
    kind: contactKind,
    line: {
      id: id('contact'),
      ...withNames(contactKind.fields),
      isPrimary: boolean('Whether it is the primary contact of its client.'),
    },
    exported: exportedKeys(contactKind.fields, ['isPrimary']),
    upsert: upsertContact,
    patch: patchContact,
  },
};
