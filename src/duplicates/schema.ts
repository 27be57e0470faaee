/** Probable twins in the schema, and the mutations that merge them. */
import type { ObjectRef } from '@pothos/core';
import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { InvalidInput } from '../base/errors.ts';
import { clientKind } from '../clients/clients.ts';
import { PatchClientInput } from '../clients/mutations.ts';
import { contactKind } from '../contacts/contacts.ts';
import { PatchClientContactInput } from '../contacts/mutations.ts';
import type { AnyRecord } from '../database/model.ts';
import { and, oneOf, type Row, type RowRead, readRows } from '../database/sql/index.ts';
import { unstorable } from '../fields/parse.ts';
import { builder, type ExtendedTypes } from '../graphql/builder.ts';
import { connectionOf } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { enumOf } from '../graphql/fields.ts';
import { mergeField } from '../graphql/kind.ts';
import { MANY_AT_ONCE } from '../graphql/records.ts';
import { Client, ClientContact } from '../graphql/refs.ts';
import { scopeOf } from '../graphql/scope.ts';
import { rowReadAt, wantsAt } from '../graphql/selection.ts';
import { type Connection, pageLimit } from '../pothos/index.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';
import { countDuplicates, DUPLICATE_REASONS, type DuplicateReason, findDuplicates, MEMBERS_MAX } from './duplicates.ts';

const Reason = enumOf('DuplicateReason', DUPLICATE_REASONS, 'The value that probable duplicates share.');
const BY_VALUE = [{ column: 'value', descending: false, nullable: false }] as const;

/** A group of probable twins as it is shown. */
type Group = {
  value: string;
  count: number;
  members: readonly Row[];
};

/** Adds a query that lists groups of probable twins of one kind of record. */
function duplicatesQuery(
  kind: 'Client' | 'ClientContact',
  type: ObjectRef<ExtendedTypes, AnyRecord>,
  carried: string,
  what: string,
): void {
  const Group = builder.objectRef<Group>(`Duplicate${kind}Group`).implement({
    description: `A group of ${what.toLowerCase()} that are probably duplicates.`,
    fields: (t) => ({
      value: t.derived({
        type: 'String',
        description: 'The shared value in the normalized form that is compared.',
        from: ({ value }) => value.replace('\n', ' ').trim(),
      }),
      count: t.exposeInt('count', { description: 'The number of records in the group.' }),
      [carried]: t.derived({
        type: [type],
        description: `Up to ${MEMBERS_MAX} matching records, oldest first.`,
        listSize: MEMBERS_MAX,
        from: ({ members }) => members,
      }),
    }),
  });
  const GroupConnection = connectionOf(
    `Duplicate${kind}Group`,
    Group,
    `groups of ${what.toLowerCase()} that are probably duplicates`,
  );
  builder.queryField(`duplicate${kind}s`, (t) =>
    t.field({
      type: GroupConnection,
      description: `Groups of ${what.toLowerCase()} that are probably duplicates, to be reviewed and merged by a person.`,
      args: {
        by: t.arg({ type: Reason, required: true, defaultValue: 'NAME', description: 'The value to compare.' }),
        first: t.arg.int({
          description: `Number of groups to return. Defaults to ${PAGE_DEFAULT}; maximum ${PAGE_MAX}.`,
        }),
        after: t.arg.string({ description: 'Returns the groups after this cursor.' }),
      },
      resolve: (_, { by, first, after }, context, info) =>
        readGroups(kind, carried, by as DuplicateReason, { first, after }, info, context),
    }),
  );
}

async function readGroups(
  kind: 'Client' | 'ClientContact',
  carried: string,
  reason: DuplicateReason,
  { first, after }: { first?: number | null | undefined; after?: string | null | undefined },
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Connection<Group>> {
  const limit = pageLimit({ first });
  if (typeof after === 'string' && unstorable(after)) {
    throw new InvalidInput([{ path: ['after'], code: 'BAD_USER_INPUT', message: 'is not a cursor of this list' }]);
  }
  const { database, viewer } = context;
  const groups = await findDuplicates(database, viewer, kind, reason, { limit: limit + 1, after: after ?? undefined });
  const shown = groups.slice(0, limit);
  const type = info.schema.getType(kind);
  const read = isObjectType(type)
    ? rowReadAt(type, info, context, [
        ['nodes', carried],
        ['edges', 'node', carried],
      ])
    : undefined;
  const members = read
    ? await readMembers(
        read,
        shown.flatMap(({ ids }) => ids),
        context,
      )
    : new Map<string, Row>();
  const rows = shown.map(
    ({ value, count, ids }): Group => ({
      value,
      count,
      members: ids.map((id) => members.get(id)).filter((member) => member !== undefined),
    }),
  );
  // Groups precede the page when the first of all is at the cursor or before it.
  const asked = typeof after === 'string' && wantsAt(info, ['pageInfo', 'hasPreviousPage']);
  const [earliest] = asked ? await findDuplicates(database, viewer, kind, reason, { limit: 1, after: undefined }) : [];
  const hasPrevious =
    typeof after === 'string' &&
    earliest !== undefined &&
    Buffer.compare(Buffer.from(earliest.value), Buffer.from(after)) <= 0;
  const total = wantsAt(info, ['totalCount']) ? { total: await countDuplicates(database, viewer, kind, reason) } : {};
  return {
    page: { rows, ...total, hasPrevious, hasNext: groups.length > limit },
    order: BY_VALUE,
  };
}

async function readMembers(
  read: RowRead,
  ids: readonly string[],
  { database, viewer }: Context,
): Promise<Map<string, Row>> {
  const rows = await readRows(database.reads, read, and(scopeOf(viewer, read.model), oneOf('id', [...new Set(ids)])), {
    limit: ids.length,
  });
  return new Map(rows.map((row) => [String(row.id), row]));
}

duplicatesQuery('Client', Client, 'clients', 'Clients');
duplicatesQuery('ClientContact', ClientContact, 'contacts', 'Contacts');

const mergeRule =
  'The target keeps its own values and takes missing ones from the source. Lists are combined and notes are appended. A result that exceeds the limits of a field is an error unless `input` sets that field.';

mergeField(
  clientKind,
  Client,
  PatchClientInput,
  'client',
  `Merges two duplicate clients. Contacts, locations and child clients of the source move to the target. ${mergeRule} Afterwards the id, trackingId and external ids of the source refer to the target. ${MANY_AT_ONCE}`,
);

mergeField(
  contactKind,
  ClientContact,
  PatchClientContactInput,
  'contact',
  `Merges two duplicate contacts. The target keeps its client and location. ${mergeRule} The id, trackingId and external ids of the source find the target from now on, and its portal tokens are the target's.`,
);
