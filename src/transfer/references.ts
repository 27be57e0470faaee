/** What lines point at by name: how it is written, found again, and made where the firm does not have it. */
import { DomainError } from '../base/errors.ts';
import {
  and,
  type Condition,
  equals,
  type ModelName,
  oneOf,
  type Row,
  type RowRead,
  readRows,
} from '../database/sql/index.ts';
import { fold } from '../fields/fold.ts';
import type { Values } from '../fields/patch.ts';
import { primaryLocation } from '../locations/locations.ts';
import { findByKeys, type Key, keyText } from '../records/keys.ts';
import { kindOfModel, type RecordKind } from '../records/kind.ts';
import { writesOf } from '../records/operations.ts';
import { pagesOf } from '../records/pages.ts';
import { findRecord, writableRead } from '../records/save.ts';
import { inTurn } from '../records/turns.ts';
import type { Writer } from '../records/write.ts';

/** The kind of what a line may name. */
function namedKind(model: string): RecordKind {
  const kind = kindOfModel(model);
  if (!kind?.namedBy) throw new Error(`${model} has no names`);
  return kind;
}

/** A record as a line names it. */
export interface Named {
  /** The model of the record. */
  to: string;
  name: string;
  /** Parts of clients only: whose. */
  clientId?: string | undefined;
}

/** What a name leads to: a record, none, or several of which none is meant more than the others. */
export type Found = { id: string } | 'none' | 'several';

/** The record of a tracking ID, deleted or not, or what it was merged into. */
export async function findTracked(writer: Writer, kind: RecordKind, trackingId: string): Promise<Row | null> {
  const key: Key = { by: 'trackingId', value: trackingId };
  const found = await findByKeys(writer, kind, [key], writableRead(kind), { withDeleted: true });
  return found.get(keyText(key))?.[0] ?? null;
}

/** What tells employees apart, and how many are read at once. */
const EMPLOYEE: RowRead = { model: 'Employee', columns: new Set(['id', 'name', 'email']), relations: new Map() };
const PAGE = 1_000;

/** Names that are remembered with what they led to. */
const REMEMBERED_MAX = 10_000;

/** Finds what is named, and makes it. */
export class References {
  /** How many records were made, by what they are. */
  readonly made = new Map<string, number>();
  readonly #writer: Writer;
  readonly #known = new Map<string, string>();

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** The record of that name. */
  async find(named: Named): Promise<Found> {
    const { to, name, clientId = '' } = named;
    const kind = namedKind(to);
    if (kind.namedBy === 'trackingId') return this.#tracked(kind, name);
    if (kind.namedBy === 'nameInOwner') return this.#part(kind, clientId, name);
    const key = `${to} ${fold(name)}`;
    const known = this.#known.get(key);
    if (known) return { id: known };
    const found =
      kind.namedBy === 'nameAndEmail'
        ? await this.#employee(name)
        : await this.#only(kind.model, equals('nameFolded', fold(name)));
    if (typeof found === 'object' && this.#known.size < REMEMBERED_MAX) this.#known.set(key, found.id);
    return found;
  }

  /** Whether the firm has the record. */
  async has(to: string, id: string): Promise<boolean> {
    const kind = kindOfModel(to);
    return kind !== undefined && (await findRecord(this.#writer, kind, equals('id', id))) !== null;
  }

  /** The primary location of a client. */
  async primaryLocation(clientId: string): Promise<string | undefined> {
    const location = await primaryLocation(this.#writer, clientId);
    return location ? String(location.id) : undefined;
  }

  /** The record of that name, made unless somebody else has just done so. Throws InvalidInput for a name that none can have. */
  make(named: Named): Promise<string> {
    const { to, name, clientId } = named;
    const { firmId } = this.#writer.viewer;
    return inTurn(`${firmId} make ${to} ${clientId} ${fold(name)}`, async () => {
      const found = await this.find(named);
      if (typeof found === 'object') return found.id;
      try {
        const row = await this.#create(named);
        const { what } = namedKind(to);
        this.made.set(what, (this.made.get(what) ?? 0) + 1);
        return String(row.id);
      } catch (error) {
        const again = error instanceof DomainError && error.code === 'DUPLICATE' ? await this.find(named) : 'none';
        if (typeof again === 'object') return again.id;
        throw error;
      }
    });
  }

  /** Forgets what names led to: it may have been deleted. */
  forget(): void {
    this.#known.clear();
  }

  async #create({ to, name, clientId }: Named): Promise<Row> {
    const kind = namedKind(to);
    const owned = kind.partOf ? { [kind.partOf.field]: clientId } : {};
    const input = { ...owned, ...(kind.namedBy === 'nameAndEmail' ? employeeOf(name) : { name }) };
    return (await writesOf(kind).create(this.#writer, input)).row;
  }

  async #tracked(kind: RecordKind, key: string): Promise<Found> {
    const tracked = await findTracked(this.#writer, kind, key);
    if (tracked?.deletedAt === null) return { id: String(tracked.id) };
    const row = await findRecord(this.#writer, kind, equals('id', key));
    return row ? { id: key } : 'none';
  }

  async #part({ model, partOf }: RecordKind, ownerId: string, name: string): Promise<Found> {
    return this.#only(model, and(equals(partOf?.field ?? '', ownerId), equals('nameFolded', fold(name))));
  }

  /** The employee with that label; a name alone also finds the only employee of that name. */
  async #employee(label: string): Promise<Found> {
    const { database, viewer } = this.#writer;
    const { name, email } = employeeOf(label);
    const names = [...new Set([fold(label), fold(name)])];
    const named = and(equals('firmId', viewer.firmId), oneOf('nameFolded', names));
    const exact: Row[] = [];
    let first: Row[] = [];
    for await (const rows of pagesOf(database, EMPLOYEE, named, PAGE)) {
      exact.push(...rows.filter((row) => fold(employeeLabel(row)) === fold(label)));
      if (first.length === 0) first = rows;
      if (exact.length > 1) break;
    }
    return onlyOne(exact.length > 0 || email !== undefined ? exact : first);
  }

  /** The record that meets the condition. Two are as many as more. */
  async #only(model: ModelName, where: Condition): Promise<Found> {
    const read: RowRead = { model, columns: new Set(['id']), relations: new Map() };
    const scoped = and(equals('firmId', this.#writer.viewer.firmId), where);
    return onlyOne(await readRows(this.#writer.database, read, scoped, { limit: 2 }));
  }
}

function onlyOne([first, ...others]: readonly Row[]): Found {
  if (!first) return 'none';
  return others.length > 0 ? 'several' : { id: String(first.id) };
}

/** How a line names an employee: `name <e-mail address>`, since two may share a name. */
export function employeeLabel({ name, email }: Values): string {
  return typeof email === 'string' ? `${name} <${email}>` : String(name);
}

function employeeOf(label: string): { name: string; email?: string } {
  const [, name, email] = /^(.*\S)\s*<([^<>\s]+@[^<>\s]+)>$/s.exec(label) ?? [];
  return name !== undefined && email !== undefined ? { name, email } : { name: label };
}

/** The label of each employee of the firm, and whether another one has it too. */
export interface EmployeeLabels {
  of(id: string): Promise<{ label: string; shared: boolean } | undefined>;
  /** Whether any two share theirs. */
  anyShared: boolean;
}

/** Reads the employees of the operator's firm: there are few of them beside its clients. */
export async function employeeLabels({ database, viewer }: Writer): Promise<EmployeeLabels> {
  const inFirm = equals('firmId', viewer.firmId);
  const labels = new Map<string, string>();
  const holders = new Map<string, number>();
  const add = (employee: Row) => {
    const label = employeeLabel(employee);
    labels.set(String(employee.id), label);
    holders.set(fold(label), (holders.get(fold(label)) ?? 0) + 1);
  };
  for await (const employees of pagesOf(database, EMPLOYEE, inFirm, PAGE)) employees.forEach(add);
  return {
    async of(id) {
      if (!labels.has(id)) {
        // Made since.
        const [employee] = await readRows(database, EMPLOYEE, and(inFirm, equals('id', id)));
        if (!employee) return undefined;
        add(employee);
      }
      const label = labels.get(id) ?? '';
      return { label, shared: (holders.get(fold(label)) ?? 0) > 1 };
    },
    anyShared: [...holders.values()].some((count) => count > 1),
  };
}
