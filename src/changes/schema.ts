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
  description: 'What kind of record a change is of.',
  values: entities,
});

const Change = builder.recordRef('Change').implement({
  description: 'One committed change of a record.',
  fields: (t) => ({
    sequence: t.computed(['sequence'], {
      type: 'String',
      description:
        'Its place in the feed: a whole number that rises from change to change, with gaps. Who has read up to N never meets an unseen smaller one later.',
      from: ({ sequence }) => String(sequence),
    }),
    at: t.column('at', { type: 'DateTime', description: 'When it was made.' }),
    actor: t.column('actor', { description: 'The name of the token that made it.' }),
    kind: t.column('kind', {
      type: enumOf('ChangeKind', CHANGE_KINDS, 'What was done to a record.'),
      description: 'What was done.',
    }),
    entity: t.column('entity', { type: ChangeEntity, description: 'What kind of record it is of.' }),
    entityId: t.column('entityId', { type: 'ID', description: "The record's id." }),
    changedFields: t.computed(['before', 'after'], {
      type: ['String'],
      description:
        'The fields that changed, by the names they have in inputs; `mergedIntoId` where the record was merged.',
      from: ({ before, after }) => Object.keys(after ?? before ?? {}),
    }),
    before: t.column('before', {
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields as they were; null when the record was created or restored.',
    }),
    after: t.column('after', {
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields as they are; null when the record was deleted.',
    }),
  }),
});

/** More would name some of them twice. */
const ENTITIES_MAX = Object.keys(entities).length;

const ChangeConnection = connectionOf('Change', Change, 'changes');
builder.pagesOf('Change', ChangeConnection);

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
export function historyField(t: HistoryBuilder, model: ModelName, what: string) {
  return t.related('Change', {
    on: { entityId: 'id' },
    // Of two kinds, records may have the same number for an id.
    where: equals('entity', model),
    order: HISTORY_ORDER,
    args: feedArgs(),
    description: `The changes of this ${what}, newest first.`,
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
