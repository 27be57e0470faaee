/** The change feed in the schema. */
import { unpacked, unpackedNames } from '../database/change-values.ts';
import { equals } from '../database/conditions.ts';
import type { ModelName, Row } from '../database/database.ts';
import { InvalidInput } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { connectionOf, pageBounds, readConnection } from '../graphql/connection.ts';
import type { RowFieldBuilder } from '../graphql/fields.ts';
import { enumOf } from '../graphql/fields.ts';
import { type FieldSource, pageIn } from '../graphql/selection.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';
import { checkLength, Issues } from '../records/parse.ts';
import { CHANGE_ENTITIES, CHANGE_KINDS, FEED_ORDER, feedCondition, HISTORY_ORDER } from './changes.ts';

const ChangeEntity = builder.enumType('ChangeEntity', {
  description: 'What kind of record a change is of.',
  values: Object.fromEntries(
    Object.entries(CHANGE_ENTITIES).map(([name, { model, says }]) => [
      name,
      { value: model as string, description: says },
    ]),
  ),
});

function valuesOf(change: Row, when: 'before' | 'after'): Row | null {
  return unpacked(String(change.entity), change[when]);
}

export const Change = builder.objectRef<Row>('Change').implement({
  description: 'One committed change of a record.',
  extensions: { type: { model: 'Change' } },
  fields: (t) => ({
    sequence: t.string({
      description:
        'Its place in the feed: a whole number that rises from change to change, with gaps. Who has read up to N never meets an unseen smaller one later.',
      resolve: (change) => String(change.sequence),
    }),
    at: t.field({ type: 'DateTime', description: 'When it was made.', resolve: (change) => change.at as string }),
    actor: t.string({ description: 'The name of the token that made it.', resolve: (change) => String(change.actor) }),
    kind: t.field({
      type: enumOf('ChangeKind', CHANGE_KINDS, 'What was done to a record.'),
      description: 'What was done.',
      resolve: (change) => String(change.kind),
    }),
    entity: t.field({
      type: ChangeEntity,
      description: 'What kind of record it is of.',
      resolve: (change) => String(change.entity),
    }),
    entityId: t.id({ description: "The record's id.", resolve: (change) => String(change.entityId) }),
    changedFields: t.stringList({
      description:
        'The fields that changed, by the names they have in inputs; `mergedIntoId` where the record was merged.',
      extensions: { source: { columns: ['entity', 'before', 'after'] } satisfies FieldSource },
      resolve: (change) => [...unpackedNames(String(change.entity), change.after ?? change.before)],
    }),
    before: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields as they were; null when the record was created or restored.',
      extensions: { source: { columns: ['entity', 'before'] } satisfies FieldSource },
      resolve: (change) => valuesOf(change, 'before'),
    }),
    after: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields as they are; null when the record was deleted.',
      extensions: { source: { columns: ['entity', 'after'] } satisfies FieldSource },
      resolve: (change) => valuesOf(change, 'after'),
    }),
  }),
});

/** More would name some of them twice. */
const ENTITIES_MAX = Object.keys(CHANGE_ENTITIES).length;

const ChangeConnection = connectionOf('Change', Change, 'changes');

const feedArgs = () =>
  builder.args((t) => ({
    first: t.int({ description: `How many changes: ${PAGE_DEFAULT} unless said, at most ${PAGE_MAX}.` }),
    after: t.string({
      description: 'Only changes after this one: the `sequence` of a change, or a cursor, which is the same.',
    }),
  }));

builder.queryField('changes', (t) =>
  t.field({
    type: ChangeConnection,
    description:
      'The feed of committed changes of the firm, oldest first. Poll with the last `sequence` seen as `after`: every change is met once, in the order of commits.',
    args: {
      ...feedArgs(),
      entities: t.arg({
        type: [ChangeEntity],
        description: `Only changes of these kinds of record, at most ${ENTITIES_MAX}; none with an empty list.`,
      }),
    },
    resolve: (_, { entities, ...args }, context, info) => {
      const issues = new Issues();
      checkLength(entities ?? [], ENTITIES_MAX, ['entities'], issues);
      if (issues.list.length > 0) throw new InvalidInput(issues.list);
      return readConnection(args, FEED_ORDER, feedCondition(context.viewer.firmId, entities), info, context, {
        ordered: true,
        all: !entities,
      });
    },
  }),
);

/** The field `history` of a record whose changes are in the feed. */
export function historyField(t: RowFieldBuilder, model: ModelName, what: string) {
  return t.field({
    type: ChangeConnection,
    description: `The changes of this ${what}, newest first.`,
    args: feedArgs(),
    extensions: {
      source: {
        page: { firmId: 'firmId', entityId: 'id' },
        // Of two kinds, records may have the same number for an id.
        read: (args) => ({ where: equals('entity', model), ...pageBounds(args, HISTORY_ORDER, 'Change') }),
      } satisfies FieldSource,
    },
    resolve: (row, _args, _context, info) => ({ page: pageIn(row, info), order: HISTORY_ORDER }),
  });
}
