/** What the plugin for records and the types of rows do not let compile: `npm run typecheck` is the test. */
import type { OrderBy, RecordRow } from '../src/database/model.ts';
import { builder } from '../src/graphql/builder.ts';
import { filtersOn } from '../src/records/filters.ts';
import { orderTerms } from '../src/records/lists.ts';

/** Never called: the compiler is asked, and says of each marked line that it must not compile. */
export function whatDoesNotCompile(): void {
  // @ts-expect-error There is no such model.
  builder.recordRef('Cleint');
  const Client = builder.recordRef('Client');
  const description = 'It.';
  builder.objectFields(Client, (t) => ({
    name: t.column('name', { description }),
    // @ts-expect-error There is no such column.
    misspelt: t.column('nmae', { description }),
    // @ts-expect-error It is a relation.
    relation: t.column('clientGroup', { description }),
    note: t.column('note', { description, nullable: true }),
    // @ts-expect-error It may be empty.
    empty: t.column('note', { description }),
    // @ts-expect-error It never is.
    full: t.column('name', { description, nullable: true }),
    revision: t.column('revision', { type: 'Int', description }),
    // @ts-expect-error It is a number.
    number: t.column('revision', { type: 'Boolean', description }),
    // @ts-expect-error It is not said what it is, which is no text.
    untyped: t.column('revision', { description }),

    initials: t.computed(['name'], { type: 'String', description, from: ({ name }) => name.slice(0, 1) }),
    // @ts-expect-error There is no such column.
    noColumn: t.computed(['nmae'], { type: 'String', description, from: () => '' }),
    // @ts-expect-error It looks at a column that is not read.
    unread: t.computed(['name'], { type: 'String', description, from: ({ note }) => note ?? '' }),
    // @ts-expect-error It is no number.
    wrong: t.computed(['name'], { type: 'Int', description, from: ({ name }) => name }),

    group: t.one('clientGroup', { description }),
    // @ts-expect-error There is no such relation.
    grop: t.one('clientGrop', { description }),
    // @ts-expect-error It leads to many.
    many: t.one('contacts', { description }),
    parent: t.one('parent', { description, nullable: true }),
    // @ts-expect-error It may lead to none.
    parents: t.one('parent', { description }),
    // @ts-expect-error It takes true or false.
    shown: t.one('clientGroup', { description, portal: 'yes' }),

    contacts: t.many('contacts', { description, order: [{ column: 'sortName', nullable: false, descending: false }] }),
    // @ts-expect-error There is no such relation.
    contcats: t.many('contcats', { description, order: [] }),
    // @ts-expect-error It leads to one.
    single: t.many('clientGroup', { description, order: [] }),
    // @ts-expect-error Contacts have no such column.
    order: t.many('contacts', { description, order: [{ column: 'status', nullable: false, descending: false }] }),

    changes: t.related('Change', { description, on: { entityId: 'id' }, order: [] }),
    // @ts-expect-error There is no such model.
    chnages: t.related('Chnage', { description, on: {}, order: [] }),
    // @ts-expect-error Clients have no such column.
    on: t.related('Change', { description, on: { entityId: 'entityId' }, order: [] }),
  }));
  builder.objectField(builder.objectRef<{ name: string }>('Plain'), 'name', (t) =>
    // @ts-expect-error It is no record.
    t.column('name', { description }),
  );
  builder.queryField('secret', (t) =>
    // @ts-expect-error There is no such role.
    t.string({ access: 'OWNER', resolve: () => '' }),
  );
  const region: RecordRow<'Region'> = {};
  // @ts-expect-error It is a region.
  const client: RecordRow<'Client'> = region;
  const orders = { NAME: { column: 'nmae', nullable: false, indexed: true, says: '' } } as const;
  // @ts-expect-error There is no such column.
  const order: readonly OrderBy<'Client'>[] = orderTerms(orders, [], [], undefined);
  throw new Error(`${client}${order}`);
}

/** Never called either. */
export function whichFiltersDoNotCompile(): void {
  const on = filtersOn('Client');
  on.date('inceptionDate', 'By it.');
  // @ts-expect-error There is no such column.
  on.date('inceptoinDate', 'By it.');
  // @ts-expect-error There is no such column.
  on.text('name', 'By it.', { folded: 'nameFoldde' });
  // @ts-expect-error There is no such column.
  on.country({ column: 'addres', key: 'country' }, 'By it.');
  // @ts-expect-error There is no such model.
  filtersOn('Cleint');
}
