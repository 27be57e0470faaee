/** Relay's object identification: any record by its id, which tells its type. */
import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { InvalidInput } from '../base/errors.ts';
import { kindOf } from '../base/ids.ts';
import type { AnyRecord } from '../database/model.ts';
import { and, columnsOf, equals, oneOf, type Row, type RowRead, readRows } from '../database/sql/index.ts';
import { checkLength, Issues } from '../fields/parse.ts';
import { kinds } from '../records/kind.ts';
import { PAGE_MAX } from '../records/lists.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { scopeOf } from './scope.ts';
import { rowReadOf } from './selection.ts';

/** What every record is: something with an id. */
export const Node = builder.interfaceRef<AnyRecord & { readonly id?: string }>('Node').implement({
  description: 'A record with a globally unique id.',
  resolveType: (row) => kindOf(String(row.id)) ?? undefined,
  fields: (t) => ({
    id: t.derived({
      type: 'ID',
      description: 'Globally unique id. Ids sort by creation time.',
      from: (row) => String(row.id),
    }),
  }),
});

/** The rows of these ids, read as `info` selects them, in one statement for each type. Unknown ids are null. */
async function readNodes(ids: readonly string[], info: GraphQLResolveInfo, context: Context): Promise<(Row | null)[]> {
  const kinds = new Map<string, string[]>();
  for (const id of new Set(ids)) {
    const kind = kindOf(id);
    const type = kind === null ? undefined : info.schema.getType(kind);
    // Tokens and the like have ids too, but are no nodes.
    if (!isObjectType(type) || !type.extensions.record) continue;
    kinds.set(type.name, [...(kinds.get(type.name) ?? []), id]);
  }
  const reads = [...kinds].map(([name, wanted]) => {
    const type = info.schema.getType(name);
    return isObjectType(type) ? readByIds(rowReadOf(type, info, context), wanted, context) : [];
  });
  const found = new Map((await Promise.all(reads)).flat().map((row) => [String(row.id), row]));
  const merged = await mergedTargets(
    ids.filter((id) => !found.has(id)),
    info,
    context,
  );
  return ids.map((id) => found.get(id) ?? merged.get(id) ?? null);
}

/** Of ids that were not found, the records that theirs were merged into. */
async function mergedTargets(
  ids: readonly string[],
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Map<string, Row>> {
  const targets = new Map<string, Row>();
  for (const { model } of kinds()) {
    if (!columnsOf(model).mergedIntoId) continue;
    const asked = ids.filter((id) => kindOf(id) === model);
    const type = info.schema.getType(model);
    if (asked.length === 0 || !isObjectType(type)) continue;
    const read: RowRead = { model, columns: new Set(['id', 'mergedIntoId']), relations: new Map() };
    const where = and(equals('firmId', context.viewer.firmId), oneOf('id', asked));
    const sources = await readRows(context.database, read, where, { limit: asked.length, withDeleted: true });
    const into = sources.flatMap(({ mergedIntoId }) => (typeof mergedIntoId === 'string' ? [mergedIntoId] : []));
    if (into.length === 0) continue;
    const rows = await readByIds(rowReadOf(type, info, context), [...new Set(into)], context);
    for (const source of sources) {
      const row = rows.find(({ id }) => id === source.mergedIntoId);
      if (row) targets.set(String(source.id), row);
    }
  }
  return targets;
}

function readByIds(read: RowRead, ids: readonly string[], { database, viewer }: Context): Promise<Row[]> {
  const [only] = ids;
  const named = ids.length === 1 && only ? equals('id', only) : oneOf('id', ids);
  return readRows(database.reads, read, and(scopeOf(viewer, read.model), named), { limit: ids.length });
}

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    access: 'CONTACT',
    description: 'Returns a record by id, or null if the firm has none with this id.',
    args: { id: t.arg.id({ required: true, description: 'The id of the record.' }) },
    resolve: async (_, { id }, context, info) => (await readNodes([id], info, context))[0] ?? null,
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    access: 'CONTACT',
    description: `Returns records by id in the order of \`ids\`, with null for each id that does not exist. Maximum ${PAGE_MAX}.`,
    args: { ids: t.arg.idList({ required: true, description: `The ids of the records. Maximum ${PAGE_MAX}.` }) },
    resolve: (_, { ids }, context, info) => {
      const issues = new Issues();
      if (checkLength(ids, PAGE_MAX, ['ids'], issues)) return readNodes(ids, info, context);
      throw new InvalidInput(issues.list);
    },
  }),
);
