/** The change feed in the schema. */
import type { FieldRef } from '@pothos/core';
import { InvalidInput } from '../base/errors.ts';
import type { OrderBy } from '../database/model.ts';
import { type Condition, equals, type ModelName } from '../database/sql/index.ts';
import { checkLength, Issues } from '../fields/parse.ts';
import { builder, type ExtendedTypes } from '../graphql/builder.ts';
import { connectionOf, readConnection } from '../graphql/connection.ts';
import { enumOf } from '../graphql/fields.ts';
import type { RecordFieldOptions } from '../pothos/index.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';
import { CHANGE_KINDS, changeEntities, FEED_ORDER, feedCondition, HISTORY_ORDER } from './changes.ts';

const entities: Record<string, { value: string; description: string }> = {};
for (const [name, { model, says }] of Object.entries(changeEntities()))
  entities[name] = { value: model, description: says };
const ChangeEntity = builder.enumType('ChangeEntity', {
  description: 'The kind of record that a change belongs to.',
  values: entities,
});

const Change = builder.recordRef('Change').implement({
  description: 'One committed change of a record.',
  fields: (t) => ({
    sequence: t.computed(['sequence'], {
      type: 'String',
      description:
        'The position in the feed: an integer that increases with each change, with gaps. Once a reader has seen N, no new change appears with a smaller number.',
      from: ({ sequence }) => String(sequence),
    }),
    at: t.column('at', { type: 'DateTime', description: 'When the change was made.' }),
    actor: t.column('actor', { description: 'The name of the token that made the change.' }),
    kind: t.column('kind', {
      type: enumOf('ChangeKind', CHANGE_KINDS, 'What happened to a record.'),
      description: 'What happened to the record.',
    }),
    entity: t.column('entity', { type: ChangeEntity, description: 'The kind of record that changed.' }),
    entityId: t.column('entityId', { type: 'ID', description: "The record's id." }),
    changedFields: t.computed(['before', 'after'], {
      type: ['String'],
      description:
        'The fields that changed, by the names they have in inputs; `mergedInto` where the record was merged.',
      from: ({ before, after }) => Object.keys(after ?? before ?? {}),
    }),
    before: t.column('before', {
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields with their previous values. null when the record was created or restored.',
    }),
    after: t.column('after', {
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields with their new values. null when the record was deleted.',
    }),
  }),
});

/** More would name some of them twice. */
const ENTITIES_MAX = Object.keys(entities).length;

const ChangeConnection = connectionOf('Change', Change, 'changes');
builder.pagesOf('Change', ChangeConnection);

const feedArgs = () =>
  builder.args((t) => ({
    first: t.int({ description: `Number of changes to return. Defaults to ${PAGE_DEFAULT}; maximum ${PAGE_MAX}.` }),
    after: t.string({
      description: 'Returns the changes after this one: the `sequence` of a change, which is also its cursor.',
    }),
  }));

builder.queryField('changes', (t) =>
  t.field({
    type: ChangeConnection,
    description:
      'The change feed: all committed changes of the firm, oldest first. Poll with the last `sequence` seen as `after` to receive every change exactly once, in commit order.',
    args: {
      ...feedArgs(),
      entities: t.arg({
        type: [ChangeEntity],
        description: `Returns only changes of these kinds of record. Maximum ${ENTITIES_MAX}; an empty list returns no changes.`,
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
export function historyField(t: HistoryBuilder, model: ModelName, what: string) {
  return t.related('Change', {
    on: { entityId: 'id' },
    // Of two kinds, records may have the same number for an id.
    where: equals('entity', model),
    order: HISTORY_ORDER,
    args: feedArgs(),
    description: `The change history of the ${what}, newest first.`,
  });
}

/** The field builder of any record. */
interface HistoryBuilder {
  related(
    model: 'Change',
    options: RecordFieldOptions & {
      on: { entityId: 'id' };
      where: Condition;
      order: readonly OrderBy<'Change'>[];
      args: ReturnType<typeof feedArgs>;
    },
  ): FieldRef<ExtendedTypes>;
}
