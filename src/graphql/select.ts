/** From the places where a row or a page stands to what is read of it: what several places want of one row is united. */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isObjectType,
} from 'graphql';
import { type FieldError, InvalidInput } from '../base/errors.ts';
import { and, columnsOf, type OneRead, type PageLink, type PageRead, type RowRead } from '../database/sql/index.ts';
import type { CollectableDocument } from '../execution/index.ts';
import { type FieldSource, pageKey } from '../pothos/index.ts';
import type { Context } from './context.ts';
import { fieldsAt, type Place, placesOf } from './places.ts';
import { scopeOf } from './scope.ts';

/** What a selection is worked out for. */
export interface Selecting {
  execution: CollectableDocument;
  context: Context;
  /** What is wrong with the arguments of lists, by the paths of these. */
  faults: FieldError[];
}

/** Works a selection out. Throws InvalidInput that names the arguments at fault of every list in it. */
export function selecting<T>(execution: CollectableDocument, context: Context, select: (selecting: Selecting) => T): T {
  const faults: FieldError[] = [];
  const selected = select({ execution, context, faults });
  if (faults.length > 0) throw new InvalidInput(faults);
  return selected;
}

/** A list that is read whole. */
const WHOLE_LIST = {
  is: 'page',
  where: and(),
  backward: false,
  wants: { rows: true, total: false, more: false },
} as const;

/** What is wanted of a row that stands at these places. */
export function selectRow(type: GraphQLObjectType, places: readonly Place[], selecting: Selecting): RowRead {
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
export function withColumns(
  selected: Pick<PageRead, 'row' | 'wants'>,
  columns: readonly string[],
): Pick<PageRead, 'row' | 'wants'> {
  if (!selected.wants.rows) return selected;
  return { ...selected, row: { ...selected.row, columns: new Set([...selected.row.columns, ...columns]) } };
}

/** What is wanted of a page that stands at these places. */
export function selectPage(
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
