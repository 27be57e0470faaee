/**
 * A kind of field: all that the program knows of its values, in one object. What handles fields (the patch rule, the
 * schema, merging, files) asks the object, so that a kind that is added is handled everywhere.
 */
import type { Issues, Path } from './parse.ts';

/** A record's field values by name, cleared ones null. */
export type Values = Readonly<Record<string, unknown>>;

/** Which column of the patch rule (patch.ts) a field falls under. */
export type FieldClass = 'optional' | 'required' | 'list' | 'object';

/** How a cell of a CSV file reads: as it is, as a number, true or false, items between `|`, or JSON. */
export type Notation = 'text' | 'number' | 'boolean' | 'list' | 'json';

/** A GraphQL type: a scalar by its name, an enum, an object that is made of fields, or a list. */
export type FieldType =
  | { readonly scalar: string }
  | { readonly enum: { name: string; description: string; values: Readonly<Record<string, string>> } }
  | { readonly object: Composite }
  /** A key of a record of this model. */
  | { readonly key: string }
  | { readonly list: FieldType };

/** What a field is called outside: a reference, whose column is `regionId`, is `region` in inputs, errors, files and the feed. */
export function publicName(name: string, field: { readonly kind: string }): string {
  return field.kind === 'reference' ? name.replace(/Id$/, '') : name;
}

/** A field that is made of fields. */
export interface Composite {
  readonly name: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, AnyField>>;
  /** Whether it is always sent whole. */
  readonly whole: boolean;
}

/** A field of any kind. */
export interface AnyField {
  readonly kind: string;
  readonly description: string;
  readonly required?: boolean;
}

/** What kinds of fields that are made of fields need of the patch rule, which needs them. */
export interface PatchRule {
  apply(fields: Readonly<Record<string, AnyField>>, current: Values, input: Values, path: Path, issues: Issues): Values;
  require(fields: Readonly<Record<string, AnyField>>, values: Values, path: Path, issues: Issues): void;
}

/** What a kind of field is given to normalize its values. */
export interface Normalizer {
  /** The country of the record's address, from which phone numbers are dialled; null where it is not known. */
  readonly country: string | null;
  /** Normalizes a value that is not null, and notes it where it changes. */
  value(field: AnyField, value: unknown, path: Path): unknown;
  /** Normalizes values of custom fields. */
  customFields(values: Values, path: Path): Values;
  /** Notes a value that changes. */
  note(path: Path, from: unknown, to: unknown): void;
}

export interface FieldKind<F extends AnyField> {
  readonly class: (field: F) => FieldClass;
  /** What a value must be, as a sentence: for descriptions and error messages alike. */
  requirement(field: F): string;
  /** The value that a record starts from, and that clearing leaves. */
  empty?: unknown;
  /** Checks a value that is neither absent nor null and returns the stored form; undefined after adding to `issues`. */
  parse(field: F, value: unknown, path: Path, issues: Issues, rule: PatchRule): unknown;
  /** Whether its values are free text, where the empty one stands for nothing. */
  free?(field: F): boolean;
  /**
   * What a value stands for that is not null, in a form that `parse` takes: the value itself when it is valid, or when what
   * it stands for is not certain. Kinds of keys have none: these are taken exactly as they are.
   */
  normalize?(field: F, value: unknown, path: Path, normalizer: Normalizer): unknown;
  /** Of the class `object`: what sending an object makes of the current one. */
  patch?(field: F, current: Values, sent: Values, path: Path, issues: Issues, rule: PatchRule): unknown;
  /** What the target of a merge has when both records have a value. Without it, its own. */
  merge?(field: F, mine: never, theirs: never, path: Path, issues: Issues): unknown;
  readonly type: (field: F) => FieldType;
  readonly notation: Notation;
}

/** A list of both records together, where the field has room for it; else the target's own, after adding an issue. */
export function fitting(
  { maxItems }: { maxItems: number },
  both: readonly unknown[],
  mine: unknown,
  path: Path,
  issues: Issues,
): unknown {
  if (both.length <= maxItems) return both;
  const says = `has ${both.length} items when both records are combined, but the maximum is ${maxItems}`;
  issues.add(path, `${says}; set the field in the input`);
  return mine;
}

/** What a record of a model is called: `ClientGroup` is a client group. */
export function nounOf(model: string): string {
  return model.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** The noun with its article. */
export function a(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
