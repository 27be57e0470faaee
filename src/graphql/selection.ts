/**
 * From what an operation selects to what is read: one tree, one statement. What a field of a
 * type backed by a model reads is told by its `source` (pothos/facts.ts); nothing that is not selected is read.
 *
 * Response keys name places in a response, never values in a row: one row may stand at several places (aliases of a
 * relation, `nodes` beside `edges`), each with keys of its own. So a row holds what was read under what identifies the
 * value: the column, the relation, or the field with its arguments. Each place is collected by itself, and what several
 * places want of one row is united.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  responsePathAsArray,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { columnsOf } from '../database/columns.ts';
import { and } from '../database/conditions.ts';
import type { OneRead, OrderTerm, PageLink, PageRead, RowRead } from '../database/read.ts';
import { type FieldError, InvalidInput } from '../errors.ts';
import { type CollectableDocument, collectFields, selectionSets } from '../execution/index.ts';
import { makeRoom } from '../make-room.ts';
import { type FieldSource, pageKey } from '../pothos/index.ts';
import type { Context } from './context.ts';
import { scopeOf } from './scope.ts';

/** A place of a response: its path, and the selection sets there, which the specification merges by response key. */
interface Place {
  path: readonly (string | number)[];
  sets: readonly SelectionSetNode[];
}

/** What a selection is worked out for. */
interface Selecting {
  execution: CollectableDocument;
  context: Context;
  /** What is wrong with the arguments of lists, by the paths of these. */
  faults: FieldError[];
}

/** Works a selection out. Throws InvalidInput that names the arguments at fault of every list in it. */
function selecting<T>(execution: CollectableDocument, context: Context, select: (selecting: Selecting) => T): T {
  const faults: FieldError[] = [];
  const selected = select({ execution, context, faults });
  if (faults.length > 0) throw new InvalidInput(faults);
  return selected;
}

/** What `info`'s field selects of rows of `type`, beneath any interface it returns. */
export function rowReadOf(type: GraphQLObjectType, info: GraphQLResolveInfo, context: Context): RowRead {
  return once(`row ${type.name}`, info, context, () =>
    selecting(info, context, (selecting) => selectRow(type, [placeOf(info)], selecting)),
  );
}

/** What `info`'s own field reads of the row that it is a field of. */
export function fieldReadOf(info: GraphQLResolveInfo, context: Context): RowRead {
  const sets: SelectionSetNode[] = [{ kind: Kind.SELECTION_SET, selections: info.fieldNodes }];
  const place = { path: info.path.prev ? responsePathAsArray(info.path.prev) : [], sets };
  return selecting(info, context, (selecting) => selectRow(info.parentType, [place], selecting));
}

/** What `info`'s connection field selects of the rows of its page. The columns of an order are read with the rows. */
export function pageSelectionOf(
  info: GraphQLResolveInfo,
  context: Context,
  order: readonly OrderTerm[],
): Pick<PageRead, 'row' | 'wants'> {
  const columns = order.map((term) => term.column);
  return once(`page ${columns}`, info, context, () =>
    withColumns(
      selecting(info, context, (selecting) => selectPage(getNamedType(info.returnType), [placeOf(info)], selecting)),
      columns,
    ),
  );
}

/** What a payload field selects of the record it carries under `field`; undefined when it does not ask for it. */
export function payloadRowRead(field: string, info: GraphQLResolveInfo, context: Context): RowRead | undefined {
  const payload = getNamedType(info.returnType);
  if (!isObjectType(payload)) throw new Error(`${payload.name} is not an object type`);
  const type = getNamedType(payload.getFields()[field]?.type);
  return isObjectType(type) ? rowReadAt(type, info, context, [[field]]) : undefined;
}

/**
 * Works out what a payload selects of the records it carries, before anything is written: whatever is wrong with it must
 * be known by then. Throws InvalidInput.
 */
export function checkPayload(info: GraphQLResolveInfo, context: Context): void {
  const payload = getNamedType(info.returnType);
  if (!isObjectType(payload)) return;
  for (const field of Object.values(payload.getFields())) {
    const type = getNamedType(field.type);
    if (isObjectType(type) && type.extensions.record) payloadRowRead(field.name, info, context);
  }
}

/** What is selected of rows of `type` at the end of any of these paths below `info`'s field; undefined when nothing is. */
export function rowReadAt(
  type: GraphQLObjectType,
  info: GraphQLResolveInfo,
  context: Context,
  paths: readonly (readonly string[])[],
): RowRead | undefined {
  return once(`rows ${type.name} ${paths.join(' ')}`, info, context, () => {
    const places = paths.flatMap((path) => placesAt(info, path));
    if (places.length === 0) return undefined;
    return selecting(info, context, (selecting) => selectRow(type, places, selecting));
  });
}

/** Whether a field at this path below `info`'s field is selected. */
export function wantsAt(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return placesAt(info, path).length > 0;
}

/** What was made of the selection of a field. The nodes of a field are one list for as long as its document is kept. */
interface Made {
  /** The variables that are used in it. */
  variables: readonly string[];
  /** By what was made, and by the values of those variables. */
  values: Map<string, unknown>;
}
const made = new WeakMap<readonly FieldNode[], Made>();

/** Most things kept of one selection, and characters of the variables they are kept under. */
const MADE_MAX = 20;
const VALUES_LENGTH_MAX = 1_000;

/**
 * Makes something of what `info`'s field selects, once: after that the very same is answered, so that what is kept of it
 * (its SQL, for one) can be found again. Portal users see less of the same selection, and are not that many.
 */
function once<T>(what: string, info: GraphQLResolveInfo, { viewer }: Context, make: () => T): T {
  if (viewer.role === 'CONTACT') return make();
  let known = made.get(info.fieldNodes);
  if (known === undefined) {
    known = { variables: variablesBelow(info), values: new Map() };
    made.set(info.fieldNodes, known);
  }
  // One that was not given is not the same as null.
  const values = known.variables.map((name) => JSON.stringify(info.variableValues[name]) ?? 'none');
  const key = [what, ...values].join('\n');
  const { values: kept } = known;
  if (kept.has(key)) return kept.get(key) as T;
  const fresh = make();
  if (key.length > VALUES_LENGTH_MAX) return fresh;
  makeRoom(kept, MADE_MAX);
  kept.set(key, fresh);
  return fresh;
}

/** The variables in the selection of a field; not those in its own arguments. */
function variablesBelow({ fieldNodes, fragments }: GraphQLResolveInfo): string[] {
  const names = new Set<string>();
  const visited = new Set<FragmentDefinitionNode>();
  const look = (set: SelectionSetNode) =>
    visit(set, {
      Variable: ({ name }) => {
        names.add(name.value);
      },
      FragmentSpread: ({ name }) => {
        const fragment = fragments[name.value];
        if (!fragment || visited.has(fragment)) return;
        visited.add(fragment);
        look(fragment.selectionSet);
      },
    });
  selectionSets(fieldNodes).forEach(look);
  return [...names];
}

/** The place of `info`'s own field. */
function placeOf({ path, fieldNodes }: GraphQLResolveInfo): Place {
  return { path: responsePathAsArray(path), sets: selectionSets(fieldNodes) };
}

/** The places of the fields at this path of names below `info`'s field: each alias on the way is a place of its own. */
function placesAt(info: GraphQLResolveInfo, path: readonly string[]): Place[] {
  let type: GraphQLNamedType = getNamedType(info.returnType);
  let places = [placeOf(info)];
  for (const name of path) {
    if (!isObjectType(type)) return [];
    const parent = type;
    places = places.flatMap((place) => placesOf(parent, name, place, info));
    const field: GraphQLField<unknown, unknown> | undefined = type.getFields()[name];
    if (!field) return [];
    type = getNamedType(field.type);
  }
  return places;
}

/** The places of a field below a place, by its aliases there. */
function placesOf(type: GraphQLObjectType, field: string, place: Place, execution: CollectableDocument): Place[] {
  return fieldsAt(type, place, execution)
    .filter(({ node }) => node.name.value === field)
    .map(({ below }) => below);
}

/** A field at a place: its first node, and the place below it. */
interface FieldAt {
  node: FieldNode;
  below: Place;
}

function fieldsAt(type: GraphQLObjectType, { path, sets }: Place, execution: CollectableDocument): FieldAt[] {
  return [...collectFields(type, sets, execution)].flatMap(([key, nodes]) => {
    const [node] = nodes;
    return node ? [{ node, below: { path: [...path, key], sets: selectionSets(nodes) } }] : [];
  });
}

/** A list that is read whole. */
const WHOLE_LIST = {
  is: 'page',
  where: and(),
  backward: false,
  wants: { rows: true, total: false, more: false },
} as const;

/** What is wanted of a row that stands at these places. */
function selectRow(type: GraphQLObjectType, places: readonly Place[], selecting: Selecting): RowRead {
  const model = type.extensions.record?.model;
  if (!model) throw new Error(`The type ${type.name} has no model`);
  const { execution, context } = selecting;
  const known = columnsOf(model);
  // The id names the row, whatever was asked: types are told apart and pages continued by it.
  const columns = new Set<string>(known.id ? ['id'] : []);
  const others = new Map<string, { target: GraphQLNamedType; source: OtherSource; below: Place[] }>();
  const pages = new Map<string, { node: FieldNode; source: PageSource; below: Place[] }>();

  for (const { node, below } of places.flatMap((place) => fieldsAt(type, place, execution))) {
    const field = type.getFields()[node.name.value];
    if (!field) continue; // __typename
    const source = field.extensions.record?.source;
    // What is made of the id needs no other column.
    if (!source) continue;
    if ('columns' in source) {
      for (const column of source.columns) columns.add(column);
    } else if ('page' in source) {
      const page = pages.get(pageKey(node));
      if (page) page.below.push(below);
      else pages.set(pageKey(node), { node, source, below: [below] });
    } else {
      const other = others.get(field.name);
      if (other) other.below.push(below);
      else others.set(field.name, { target: getNamedType(field.type), source, below: [below] });
    }
  }

  const relations = new Map<string, OneRead | PageRead>();
  for (const [key, { node, source, below }] of pages) {
    const field = fieldOf(type, node.name.value);
    const page = pageArgsAt(below, source, getArgumentValues(field, node, execution.variableValues), selecting);
    const { row, wants } = selectPage(getNamedType(field.type), below, selecting);
    if (!page) continue;
    const selected = withColumns(
      { row, wants },
      page.order.map((term) => term.column),
    );
    // Rows tied to one of the firm are the firm's; a portal user sees only its own of them.
    const scope = context.viewer.role === 'CONTACT' ? [scopeOf(context.viewer, selected.row.model)] : [];
    relations.set(key, { is: 'page', link: source.page, ...page, ...selected, where: and(page.where, ...scope) });
  }
  for (const [name, { target, source, below }] of others) {
    if (!isObjectType(target)) throw new Error(`${type.name}.${name} does not lead to an object type`);
    const row = selectRow(target, below, selecting);
    if ('one' in source) relations.set(name, { is: 'one', relation: source.one, row });
    else relations.set(name, { ...WHOLE_LIST, link: source.list, order: source.order, limit: source.limit, row });
  }
  return { model, columns, relations };
}

/** What a page's arguments ask for; undefined where they are at fault. */
function pageArgsAt(
  [place]: readonly Place[],
  source: PageSource,
  args: Record<string, unknown>,
  { faults }: Selecting,
): ReturnType<PageSource['read']> | undefined {
  try {
    return source.read(args);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    faults.push(...error.fields.map((fault) => ({ ...fault, path: [...(place?.path ?? []), ...fault.path] })));
    return undefined;
  }
}

type PageSource = Extract<FieldSource, { page: PageLink }>;
type OtherSource = Exclude<FieldSource, PageSource | { columns: readonly string[] }>;

function fieldOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> {
  const field = type.getFields()[name];
  if (!field) throw new Error(`${type.name} has no field ${name}`);
  return field;
}

/** The same with the columns of an order, which cursors are made of. */
function withColumns(
  selected: Pick<PageRead, 'row' | 'wants'>,
  columns: readonly string[],
): Pick<PageRead, 'row' | 'wants'> {
  if (!selected.wants.rows) return selected;
  return { ...selected, row: { ...selected.row, columns: new Set([...selected.row.columns, ...columns]) } };
}

/** What is wanted of a page that stands at these places. */
function selectPage(
  type: GraphQLNamedType,
  places: readonly Place[],
  selecting: Selecting,
): Pick<PageRead, 'row' | 'wants'> {
  if (!isObjectType(type)) throw new Error(`${type.name} is not a connection`);
  const rowType = getNamedType(type.getFields().nodes?.type);
  if (!isObjectType(rowType)) throw new Error(`${type.name} has no nodes`);
  const { execution } = selecting;
  const rows: Place[] = [];
  const wants = { rows: false, total: false, more: false };
  for (const { node, below } of places.flatMap((place) => fieldsAt(type, place, execution))) {
    switch (node.name.value) {
      case 'nodes':
        wants.rows = true;
        rows.push(below);
        break;
      case 'edges': {
        wants.rows = true;
        const edge = getNamedType(type.getFields().edges?.type);
        if (isObjectType(edge)) rows.push(...placesOf(edge, 'node', below, execution));
        break;
      }
      case 'pageInfo':
        wants.rows = true;
        wants.more = true;
        break;
      case 'totalCount':
        wants.total = true;
        break;
    }
  }
  return { row: selectRow(rowType, rows, selecting), wants };
}
