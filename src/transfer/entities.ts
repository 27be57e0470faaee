/**
 * What can be exported and imported. A line is the input of the kind's upsert, but for what it points at: a field
 * `regionId` may be given as `region`, the name, by which another firm finds it too.
 */
import '../kinds.ts';
import { type Field, type Fields, type ReferenceField, text } from '../fields/fields.ts';
import { kindOfModel, kinds, type Naming, type RecordKind } from '../records/kind.ts';
import type { Elsewhere } from '../records/transfer.ts';

export interface Entity {
  readonly kind: RecordKind;
  /** All that a line may hold. */
  readonly line: Fields;
  /** The keys of a line as it is exported. */
  readonly exported: readonly string[];
  /** What of a line is kept on other records, by its key. */
  readonly elsewhere: Readonly<Record<string, Elsewhere>>;
}

/** The key under which a line names what the field `…Id` points at. */
export function nameKey(field: string): string {
  return field.replace(/Id$/, '');
}

/** How records of a model are named by lines that point at them; undefined where they are not. */
export function namingOf(model: string): Naming | undefined {
  return kindOfModel(model)?.namedBy;
}

/** Whether a line may name what the field points at. Some kinds have nothing to be named by but their own lines. */
export function isNamed(field: Field): field is ReferenceField {
  return field.kind === 'reference' && namingOf(field.to) !== undefined;
}

/** How a record is named. */
const NAMED_BY: Readonly<Record<Naming, string>> = {
  name: 'name',
  nameAndEmail: 'name, or `name <e-mail address>`',
  nameInOwner: 'name among those of the client; null is the primary one',
  trackingId: 'trackingId, or its id where it has none',
};

/** The fields of a line: those of the record, with names beside ids. */
function withNames(fields: Fields): Fields {
  const entries = Object.entries(fields).flatMap(([name, field]): [string, Field][] => {
    if (field.kind === 'objectList') return [[name, { ...field, fields: withNames(field.fields) }]];
    if (!isNamed(field)) return [[name, field]];
    return [
      [nameKey(name), text(`${field.description} By its ${NAMED_BY[namingOf(field.to) ?? 'name']}.`, { max: 512 })],
      [name, field],
    ];
  });
  return Object.fromEntries(entries);
}

/** The keys of an exported line: names instead of ids, and `further` ones. */
function exportedKeys(fields: Fields, further: readonly string[]): string[] {
  const own = Object.entries(fields).flatMap(([name, field]) =>
    field.kind !== 'reference' ? [name] : isNamed(field) ? [nameKey(name)] : [],
  );
  return ['id', 'trackingId', ...own.filter((name) => name !== 'trackingId'), ...further];
}

function entityOf(kind: RecordKind): Entity {
  const { what, fields, transfer } = kind;
  const elsewhere = transfer?.elsewhere ?? {};
  return {
    kind,
    line: {
      id: text(`The id of the ${what}, where it has no trackingId. In another firm it becomes the trackingId.`, {
        max: 64,
      }),
      ...withNames(fields),
      ...transfer?.further,
      ...Object.fromEntries(Object.entries(elsewhere).map(([key, { field }]) => [key, field])),
    },
    exported: exportedKeys(fields, Object.keys(elsewhere)),
    elsewhere,
  };
}

const entities = new Map(
  kinds().flatMap((kind) => (kind.transfer ? [[kind.transfer.name, entityOf(kind)] as const] : [])),
);

/** What the command line calls what can be exported and imported. */
export const ENTITY_NAMES: readonly string[] = [...entities.keys()];

/** What the command line calls so. */
export function entityNamed(name: string): Entity {
  const entity = entities.get(name);
  if (!entity) throw new Error(`There are no ${name} to export or import, only ${ENTITY_NAMES.join(' and ')}`);
  return entity;
}
