/**
 * From what an operation selects to what is read: one tree, one statement. What a field of a type backed by a model reads
 * is told by its `source` (pothos/facts.ts); nothing that is not selected is read. A row holds what was read under what
 * identifies the value: the column, the relation, or the field with its arguments.
 */
import {
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  responsePathAsArray,
  type SelectionSetNode,
} from 'graphql';
import type { OrderTerm, PageRead, RowRead } from '../database/sql/index.ts';
import type { Context } from './context.ts';
import { once } from './kept.ts';
import { placeOf, placesAt } from './places.ts';
import { selecting, selectPage, selectRow, withColumns } from './select.ts';

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
