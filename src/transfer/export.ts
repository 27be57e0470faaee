/** Export: every record of a firm as a line that imports as the record it was. Read by pages, so that any number fits. */
import type { Definition } from '../custom-values/types.ts';
import { valueMap } from '../custom-values/values.ts';
import {
  and,
  equals,
  type ModelName,
  type OneRead,
  type PageRead,
  type Row,
  type RowRead,
} from '../database/sql/index.ts';
import type { Field, Fields } from '../fields/fields.ts';
import type { Values } from '../fields/patch.ts';
import type { Naming } from '../records/kind.ts';
import { pagesOf } from '../records/pages.ts';
import { fieldsOf } from '../records/save.ts';
import type { Writer } from '../records/write.ts';
import { cellsOf, columnsOf, csvText, isSpread, ORDER } from './csv.ts';
import { type Entity, isNamed, nameKey, namingOf } from './entities.ts';
import type { Operator } from './operator.ts';
import { type EmployeeLabels, employeeLabels } from './references.ts';

/** Records read at once. */
const PAGE = 500;

/** The lines of the firm's records in the order of their creation, a page at a time. Deleted ones are not among them. */
export async function* exportedLines(operator: Writer, entity: Entity): AsyncGenerator<Values[]> {
  yield* linesOf(operator, entity, await employeeLabels(operator));
}

/** The records as JSON Lines. What a record does not have is null: importing the line takes it away again. */
export async function* exportJson(operator: Writer, entity: Entity): AsyncGenerator<string> {
  for await (const lines of exportedLines(operator, entity)) {
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }
}

/** The records as CSV, a header first. What a record does not have is an empty cell, of which importing takes no notice. */
export async function* exportCsv(operator: Operator, entity: Entity): AsyncGenerator<string> {
  const employees = await employeeLabels(operator);
  const systems = entity.exported.includes('externalIds') ? await externalSystems(operator, entity) : [];
  const keys = [...entity.exported, ...idKeys(entity, employees.anyShared)];
  const columns = columnsOf({ line: entity.line, definitions: await fieldsOf(operator, entity.kind) }, keys, systems);
  yield csvText([columns.map(({ header }) => header)]);
  for await (const lines of linesOf(operator, entity, employees)) {
    yield csvText(lines.map((line) => cellsOf(columns, spreadOut(entity, line, systems))));
  }
}

/** The ids that a line may hold beside a name that is not enough to tell records apart. */
function idKeys({ kind }: Entity, sharedLabels: boolean): string[] {
  return Object.entries(kind.fields).flatMap(([name, field]) =>
    isNamed(field) && mayBeShared(namingOf(field.to), sharedLabels) ? [name] : [],
  );
}

function mayBeShared(naming: Naming | undefined, sharedLabels: boolean): boolean {
  return naming === 'nameInOwner' || (naming === 'nameAndEmail' && sharedLabels);
}

async function externalSystems({ database, viewer }: Operator, { kind }: Entity): Promise<string[]> {
  const where = { firmId: viewer.firmId, kind: kind.model };
  const rows = await database.externalId.groupBy({ by: ['system'], where });
  return rows.map(({ system }) => system).sort();
}

/** A line whose spread lists are maps, as columns read them, with the order of their items where there is one. */
function spreadOut({ kind }: Entity, line: Values, names: readonly string[]): Values {
  const spread = Object.entries(kind.fields).flatMap(([name, field]) => {
    if (!isSpread(field)) return [];
    const [by = ''] = field.keyedBy;
    const [value = ''] = Object.keys(field.fields).filter((part) => part !== by);
    const items = line[name] as Values[];
    const late = items.find((item) => !names.includes(String(item[by])));
    if (late) throw new Error(`${name}.${late[by]} is new since the export began, and has no column; export again`);
    const order = items.length > 1 ? items.map((item) => item[by]) : [];
    return [[name, { ...Object.fromEntries(items.map((item) => [item[by], item[value]])), [ORDER]: order }]];
  });
  return { ...line, ...Object.fromEntries(spread) };
}

async function* linesOf(operator: Writer, entity: Entity, employees: EmployeeLabels): AsyncGenerator<Values[]> {
  const { database, viewer } = operator;
  const definitions = await fieldsOf(operator, entity.kind);
  for await (const rows of pagesOf(database, rowOf(entity), equals('firmId', viewer.firmId), PAGE)) {
    const lines: Values[] = [];
    for (const row of rows) lines.push(await lineOf(entity, row, definitions, employees));
    yield lines;
  }
}

/** What a record is read with: its fields, and of what it points at the names. */
function rowOf({ kind, elsewhere }: Entity): RowRead {
  const relations = new Map<string, OneRead | PageRead>();
  for (const [name, field] of Object.entries(kind.fields)) {
    const naming = isNamed(field) ? namingOf(field.to) : undefined;
    // The employees are known already.
    if (naming === undefined || field.kind !== 'reference' || naming === 'nameAndEmail') continue;
    const model = field.to as ModelName;
    const kept = Object.values(elsewhere).flatMap(({ on }) => (on.field === name ? on.columns : []));
    relations.set(nameKey(name), {
      is: 'one',
      relation: nameKey(name),
      row: {
        model,
        columns: new Set([...NAME_COLUMNS[naming], ...kept]),
        relations: new Map(naming === 'nameInOwner' ? [['twins', twinsIn(model)]] : []),
      },
    });
  }
  return { model: kind.model, columns: new Set(['id', ...Object.keys(kind.fields)]), relations };
}

const NAME_COLUMNS: Readonly<Record<Exclude<Naming, 'nameAndEmail'>, readonly string[]>> = {
  name: ['name'],
  nameInOwner: ['name', 'isPrimary'],
  trackingId: ['id', 'trackingId'],
};

/** How many locations of a client have the name of this one. */
function twinsIn(model: ModelName): PageRead {
  return {
    is: 'page',
    link: { firmId: 'firmId', clientId: 'clientId', nameFolded: 'nameFolded' },
    row: { model, columns: new Set(), relations: new Map() },
    where: and(),
    order: [],
    limit: 0,
    backward: false,
    wants: { rows: false, total: true, more: false },
  };
}

/** A record as a line: the keys of `entity.exported`, and ids where names are shared. */
async function lineOf(
  { kind, elsewhere }: Entity,
  row: Row,
  definitions: readonly Definition[],
  employees: EmployeeLabels,
): Promise<Values> {
  const line: Record<string, unknown> = {};
  if (row.trackingId === null) line.id = row.id;
  else line.trackingId = row.trackingId;
  for (const [name, field] of Object.entries(kind.fields)) {
    if (name === 'trackingId') continue;
    if (field.kind === 'reference') await nameInto(line, name, field, row, employees);
    else line[name] = await exportedValue(field, row[name], definitions, employees);
  }
  for (const [key, { on, value }] of Object.entries(elsewhere)) {
    line[key] = value(row, row[`:${nameKey(on.field)}`] as Row | null);
  }
  return line;
}

async function nameInto(
  line: Record<string, unknown>,
  name: string,
  field: Field,
  row: Row,
  employees: EmployeeLabels,
): Promise<void> {
  if (!isNamed(field)) return;
  const key = nameKey(name);
  const id = row[name];
  if (typeof id !== 'string') {
    line[key] = null;
    return;
  }
  const naming = namingOf(field.to);
  if (naming === 'nameAndEmail') {
    const employee = await employees.of(id);
    line[key] = employee?.label ?? null;
    if (employee?.shared) line[name] = id;
    return;
  }
  const named = row[`:${key}`] as Row | null;
  // A parent that was deleted may come back: the line says nothing of it.
  if (!named) return;
  if (naming === 'trackingId') {
    line[key] = named.trackingId ?? named.id;
  } else if (naming === 'nameInOwner') {
    line[key] = named.isPrimary ? null : named.name;
    if (!named.isPrimary && ((named[':twins'] as { total?: number }).total ?? 0) > 1) line[name] = id;
  } else {
    line[key] = named.name;
  }
}

async function exportedValue(
  field: Field,
  value: unknown,
  definitions: readonly Definition[],
  employees: EmployeeLabels,
): Promise<unknown> {
  switch (field.kind) {
    case 'object':
      return value === null ? null : whole(field.fields, value as Values);
    case 'objectList':
      return Promise.all((value as Row[]).map((item) => itemOf(field.fields, item, employees)));
    case 'customFields': {
      // A required field is empty only where it became required later, and cannot be sent so.
      const required = new Set(definitions.filter((each) => each.required).map(({ key }) => key));
      const map = Object.entries(valueMap(definitions, value as Values));
      return Object.fromEntries(map.filter(([key, own]) => own !== null || !required.has(key)));
    }
    default:
      return value;
  }
}

/** An object with all of its parts, so that importing it takes away those that came since. */
function whole(fields: Fields, value: Values): Values {
  return Object.fromEntries(Object.keys(fields).map((part) => [part, value[part] ?? null]));
}

async function itemOf(fields: Fields, item: Row, employees: EmployeeLabels): Promise<Values> {
  const line: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'reference') await nameInto(line, name, field, item, employees);
    else line[name] = item[name];
  }
  return line;
}
