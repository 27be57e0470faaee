/**
 * Who sees what: a portal user, a READER and another firm walk the whole schema, as introspection tells it, over records
 * of which every value is recognized. A field that is added is walked, and its values are secrets, until it is listed here
 * as one that portal users are shown.
 */
import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isNonNullType,
} from 'graphql';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { models } from '../src/database/generated/models.ts';
import { name, sql } from '../src/database/sql/sql.ts';
import { createToken } from '../src/firms/tokens.ts';
import { type AnswerError, startApp, type TestApp, type TestFirm } from './support/app.ts';
import { make, recordsOf } from './support/records.ts';
import { MARK, type WatchedFirm, watchedFirm } from './support/secrets.ts';
import { query } from './support/sql.ts';
import {
  type Asked,
  argumentsOf,
  documentsOf,
  isRecord,
  leavesOf,
  type Place,
  placesBeyond,
  type Root,
  rootsOf,
} from './support/walk.ts';

/** What portal users are shown of the records they may see. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  Client: [
    ...['id', 'name', 'status', 'active', 'websiteUrl', 'logoUrl', 'avatarUrl', 'inceptionDate', 'address', 'timezone'],
    ...['email', 'phone', 'altPhone', 'companyName', 'communicationPreferences', 'person'],
    ...['locations', 'contacts', 'createdAt', 'updatedAt'],
  ],
  ClientContact: [
    ...['id', 'client', 'location', 'role', 'firstName', 'middleName', 'lastName', 'title', 'email', 'address'],
    ...['phoneHome', 'phoneMobile', 'phoneOffice', 'phoneFax', 'language', 'birthday', 'notes'],
    ...['createdAt', 'updatedAt'],
  ],
  ClientLocation: ['id', 'client', 'name', 'address', 'isPrimary', 'contacts', 'createdAt', 'updatedAt'],
  ContactRole: ['id', 'name'],
};
/** The root fields that portal users may ask for. */
const OPEN_ROOTS = ['client', 'clientContact', 'clientLocation', 'clientLocations', 'node', 'nodes', 'viewer'];
/** How many records of a list portal users may see. */
const COUNTS: Readonly<Record<string, number>> = { ClientLocationConnection: 2, ClientContactConnection: 1 };

/** Time for a walk on a busy machine, in milliseconds. */
const LONG = 120_000;

/** Ids and texts that there are none of, in the form of those that there are. */
const NO_ID = 'client_00000000000000000000000000';
const NO_TEXT = 'nothing';

let app: TestApp;
let watched: WatchedFirm;
let stranger: TestFirm;
let schema: GraphQLSchema;
beforeAll(async () => {
  app = await startApp();
  watched = await watchedFirm(app, SHOWN);
  stranger = await app.firm();
  await recordsOf(stranger);
  const { data } = await app.send(watched.portal, getIntrospectionQuery());
  schema = buildClientSchema(data as unknown as IntrospectionQuery);
});

const roots = (operation: Root['operation'], depth = 0) =>
  rootsOf(schema, depth).filter((root) => root.operation === operation);
const ownIds = () => [watched.own.client, watched.own.contact, ...watched.own.locations];

interface Outcome<T> {
  asked: T;
  data: unknown;
  error: AnswerError | undefined;
  status: number;
}

/** Sends what is asked for, many root fields together, and answers what came of each. */
async function ask<T extends Asked>(token: string, asked: readonly T[], most?: number): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  for (const { document, asked: together } of documentsOf(asked, most)) {
    const { data, errors, status } = await app.send(token, document);
    for (const [index, one] of together.entries()) {
      const error = errors?.find(({ path }) => path?.[0] === `a${index}`) ?? (data ? undefined : errors?.[0]);
      outcomes.push({ asked: one, data: data?.[`a${index}`], error, status });
    }
  }
  return outcomes;
}

/** Why it failed: as an error, or as what a bulk mutation answers of its items. */
function codesOf({ data, error }: Outcome<unknown>): string[] {
  if (error) return [error.extensions.code];
  const { results = [] } = (data ?? {}) as { results?: { errors?: { code: string }[] }[] };
  return results.flatMap(({ errors = [] }) => errors.map(({ code }) => code));
}

/**
 * How many root fields may share a document: one that cannot be null takes the others with it when it fails, and one that
 * writes many records may return as many as all others together.
 */
const togetherOf = ({ field }: Root) => (isNonNullType(field.type) || isBulk(field.name) ? 1 : undefined);

const isBulk = (field: string) => /^(upsert|delete)\w+s$/.test(field);

/** All within a JSON value: texts, numbers, and the keys of maps; a text also as what it may be in base64, as cursors are. */
function leavesIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesIn);
  if (typeof value === 'string') return [value, Buffer.from(value, 'base64url').toString()];
  if (typeof value !== 'object' || value === null) return [value];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...leavesIn(inner)]);
}

const leaksIn = ({ data, error }: Pick<Outcome<unknown>, 'data' | 'error'>) =>
  leavesIn([data, error]).filter((leaf) => watched.secrets.includes(leaf));

/** Which of the texts are in nothing that was met. */
function missing(texts: readonly string[], met: ReadonlySet<unknown>): string[] {
  const all = [...met].filter((leaf) => typeof leaf === 'string').join('\n');
  return texts.filter((text) => !all.includes(text));
}

/** Every number that says how long a list is. */
function countsIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(countsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'totalCount' ? [Number(inner)] : countsIn(inner)));
}

/** Enough of what a root field answers to tell which records they are. */
function gistOf(place: Place): string {
  const telling = ['__typename', 'id', 'totalCount', 'cursor', 'startCursor', 'endCursor', 'hasNextPage', 'code'];
  const leaves = leavesOf(place).filter((leaf) => telling.includes(leaf));
  const here = { ...place, select: (inner: string) => inner, depth: 2 };
  const beyond = isRecord(place.type) ? [] : placesBeyond(schema, here);
  const inner = beyond.filter(
    ({ by, type }) => by && (isRecord(type) || /(Edge|Info|Result|BulkError)$/.test(type.name)),
  );
  return [...leaves, ...inner.map((next) => next.select(gistOf(next)))].join(' ');
}

/** All rows of a firm, as they are stored. */
async function rowsOf(firmId: number): Promise<Record<string, unknown[]>> {
  const tables = Object.entries(models).filter(([, { columns }]) => 'firmId' in columns);
  const rows: Record<string, unknown[]> = {};
  for (const [table] of tables) {
    const found = await query(app.database, sql`SELECT * FROM ${name(table)} WHERE "firmId" = ${firmId}`);
    rows[table] = found.map((row) => JSON.stringify(row)).sort();
  }
  return rows;
}

/** A root field with arguments, asked for enough to tell what it answers. */
const asking = ({ operation, field, place }: Root, args: string): Asked => ({
  operation,
  text: `${field.name}${args} ${place.select(gistOf(place))}`,
});

/**
 * Expects that whatever speaks of these ids and texts is answered as if there were none of them, and answers the answers.
 * `every`: of each so many arguments one is tried.
 */
async function expectBlindness(
  token: string,
  root: Root,
  { ids, texts }: { ids: readonly string[]; texts: readonly string[] },
  every: number,
): Promise<Outcome<Asked>[]> {
  const none = { ids: [NO_ID], texts: [NO_TEXT] };
  const pools = [...ids.map((id) => ({ ...none, ids: [id] })), ...texts.map((text) => ({ ...none, texts: [text] }))];
  const like = argumentsOf(root.field.args, none);
  const pairs = pools.flatMap((pool) =>
    argumentsOf(root.field.args, pool).map((args, at) => [args, like[at]] as const),
  );
  const speaking = [...new Map(pairs.filter(([real, made]) => real !== made))].filter((_, at) => at % every === 0);
  const telling = ({ data, error }: Outcome<unknown>) => {
    const faults = error?.extensions.fields?.map(({ path, code }) => [path.join('.'), code]);
    return [data, error?.extensions.code, faults];
  };
  const blind = new Map<string, unknown>();
  for (const made of new Set(speaking.map(([, made]) => made ?? ''))) {
    for (const outcome of await ask(token, [asking(root, made)])) blind.set(made, telling(outcome));
  }
  const asked = speaking.map(([real, made]) => ({ ...asking(root, real), made }));
  const outcomes = await ask(token, asked, togetherOf(root));
  for (const outcome of outcomes) {
    const { text, made = '' } = outcome.asked;
    expect(telling(outcome), text).toEqual(blind.get(made));
  }
  return outcomes;
}

describe('a portal user', () => {
  interface Probe extends Asked {
    way: string;
    /** The field that the way ends in, where it is one of a record. */
    field: { type: string; name: string } | undefined;
    place: Place;
  }

  /** Asks for a leaf at a place, or, without one, for the place itself. */
  function probe(root: Root, args: string, place: Place, leaf?: string): Probe {
    const end = leaf ? { type: place.type, field: leaf } : place.by;
    return {
      operation: 'query',
      text: `${root.field.name}${args} ${place.select(leaf ?? '__typename')}`,
      way: `${root.field.name}${args} ${[...place.way.slice(1), leaf].join('.')}`,
      field:
        end && isRecord(end.type) && end.field !== '__typename' ? { type: end.type.name, name: end.field } : undefined,
      place,
    };
  }

  /** Ways on which there is something for the portal user: the root fields it may ask for, with its own ids. */
  async function openings(): Promise<{ root: Root; args: string }[]> {
    const found: { root: Root; args: string }[] = [];
    for (const root of roots('query')) {
      if (!OPEN_ROOTS.includes(root.field.name)) continue;
      const asked = argumentsOf(root.field.args, { ids: ownIds(), texts: [NO_TEXT] }).map((args) => ({
        ...probe(root, args, root.place),
        args,
      }));
      const outcomes = await ask(watched.portal, asked, togetherOf(root));
      const leading = outcomes.filter(({ data, error }) => data && !error);
      // Pages of one list are alike.
      const kept = root.place.type.name.endsWith('Connection') ? leading.slice(0, 1) : leading;
      found.push(...kept.map(({ asked: { args } }) => ({ root, args })));
    }
    return found;
  }

  it(
    'is shown what is meant for it, wherever a way leads there, and is told of every other field that it is forbidden',
    async () => {
      const met = new Set<unknown>();
      const counted = { shown: 0, forbidden: 0 };
      for (const { root, args } of await openings()) {
        const most = togetherOf(root);
        // One by one takes long; the same records are met by other ways.
        let places: Place[] = [{ ...root.place, depth: most === 1 ? 1 : 3 }];
        while (places.length > 0) {
          const leaves = places.flatMap((place) => leavesOf(place).map((leaf) => probe(root, args, place, leaf)));
          const steps = places.flatMap((place) => placesBeyond(schema, place)).map((place) => probe(root, args, place));
          const outcomes = await ask(watched.portal, [...leaves, ...steps], most);
          for (const { asked, data, error } of outcomes) {
            const { way, field, place } = asked;
            expect(leaksIn({ data, error }), way).toEqual([]);
            const shown = !field || (SHOWN[field.type] ?? ['id']).includes(field.name);
            counted[shown ? 'shown' : 'forbidden']++;
            if (shown) {
              expect(error, way).toBeUndefined();
              for (const leaf of leavesIn(data)) met.add(leaf);
              for (const count of countsIn(data)) expect(count, way).toBeLessThanOrEqual(COUNTS[place.type.name] ?? 0);
            } else {
              expect(error?.extensions.code, way).toBe('FORBIDDEN');
              expect(error?.extensions.fields, way).toMatchObject([{ code: 'FORBIDDEN' }]);
              const [fault] = error?.extensions.fields ?? [];
              expect(fault?.path.at(-1), way).toBe(field.name);
              expect(fault?.message, way).toContain(`${field.type}.${field.name} `);
            }
          }
          places = outcomes.slice(leaves.length).flatMap(({ asked, error }) => (error ? [] : [asked.place]));
        }
      }
      // It did read what it may, and was refused where it may not.
      expect(missing([...watched.secrets.shownTexts], met)).toEqual([]);
      expect(counted.shown).toBeGreaterThan(1_000);
      expect(counted.forbidden).toBeGreaterThan(1_000);
    },
    LONG,
  );

  it(
    'cannot tell what it may not see from what is not there, by any argument',
    async () => {
      const { others, secrets } = watched;
      for (const root of roots('query')) {
        if (!OPEN_ROOTS.includes(root.field.name)) continue;
        const every = togetherOf(root) === 1 ? 7 : 1;
        const secret = { ids: others, texts: [...secrets.texts] };
        for (const outcome of await expectBlindness(watched.portal, root, secret, every)) {
          expect(leaksIn(outcome), outcome.asked.text).toEqual([]);
        }
      }
    },
    LONG,
  );

  it(
    'may ask for no other root field, whatever its arguments, and writes nothing',
    async () => {
      const before = await rowsOf(watched.firm.id);
      const pool = { ids: [watched.own.contact], texts: [...watched.secrets.texts].slice(-1) };
      for (const root of [...roots('query'), ...roots('mutation')]) {
        if (OPEN_ROOTS.includes(root.field.name)) continue;
        const asked = argumentsOf(root.field.args, pool).map((args) => asking(root, args));
        for (const outcome of await ask(watched.portal, asked, togetherOf(root))) {
          const { text } = outcome.asked;
          expect(leaksIn(outcome), text).toEqual([]);
          expect([outcome.status, outcome.error?.extensions.code], text).toEqual([403, 'FORBIDDEN']);
          expect(outcome.data ?? null, text).toBeNull();
        }
      }
      expect(await rowsOf(watched.firm.id)).toEqual(before);
    },
    LONG,
  );

  it('is told of every forbidden field by its place in the answer, however it is asked for', async () => {
    const document = `query ($id: ID!, $client: ID!, $no: Boolean!) {
      me: clientContact(by: { id: $id }) { ...Inner notes ... on ClientContact { client { n: note tags npsScore @skip(if: $no) } } }
      client(by: { id: $client }) { name history { totalCount } }
      node(id: $id) { ... on Node { id } ... on ClientContact { adminNotes } }
      fine: client(by: { id: $client }) { note @include(if: $no) name }
    } fragment Inner on ClientContact { secret: adminNotes salesperson { name } }`;
    const { own } = watched;
    const forbidden = async (no: boolean) => {
      const { data, errors } = await app.send(watched.portal, document, { id: own.contact, client: own.client, no });
      expect(data).toMatchObject({ me: null, client: null, node: null });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(errors?.map(() => 'FORBIDDEN'));
      return errors?.flatMap(({ extensions }) => extensions.fields?.map(({ path }) => path.join('.')) ?? []).sort();
    };
    const always = [
      'client.history',
      'me.client.n',
      'me.client.tags',
      'me.salesperson',
      'me.secret',
      'node.adminNotes',
    ];
    expect(await forbidden(true)).toEqual([...always, 'fine.note'].sort());
    expect(await forbidden(false)).toEqual([...always, 'me.client.npsScore'].sort());
  });

  it('finds its own records by id alone', async () => {
    const document = `query ($client: ID!, $contact: ID!) {
      client(by: { id: $client }) { trackingId externalIds { system id } } clientContact(by: { id: $contact }) { trackingId }
    }`;
    const { client, clientContact } = await watched.firm.ok(document, watched.own);
    for (const [root, type, by] of [
      ['client', 'ClientKey', { trackingId: client.trackingId }],
      ['client', 'ClientKey', { externalId: client.externalIds[0] }],
      ['clientContact', 'ClientContactKey', { trackingId: clientContact.trackingId }],
    ] as const) {
      const answer = await app.send(watched.portal, `query ($by: ${type}!) { ${root}(by: $by) { id } }`, { by });
      expect(answer).toMatchObject({
        status: 403,
        errors: [{ extensions: { code: 'FORBIDDEN', fields: [{ path: ['by', Object.keys(by)[0]] }] } }],
      });
    }
  });
});

describe('a READER', () => {
  /** Arguments with which a root field answers something: pages where there are pages, else its own records. */
  function argumentsFor(root: Root): string {
    const number = root.field.name === 'changes' ? 100 : root.field.name.startsWith('duplicate') ? 2 : 10;
    const written = [watched.own.client, watched.own.contact].flatMap((id) =>
      argumentsOf(root.field.args, { ids: [id], texts: [NO_TEXT], number }),
    );
    const isContact = root.place.type.name === 'ClientContact';
    const own = isContact ? watched.own.contact : watched.own.client;
    return (
      written.find((args) => args.includes(`first: ${number}`)) ?? written.find((args) => args.includes(own)) ?? ''
    );
  }

  it(
    'reads everything, so that this walk would meet a secret that another could',
    async () => {
      const met = new Set<unknown>();
      for (const root of roots('query', 2)) {
        const args = argumentsFor(root);
        // Each group of duplicates counts all that it may hold.
        const together = root.field.name.startsWith('duplicate') ? 2 : 10;
        let places = [root.place];
        while (places.length > 0) {
          const asked = places.map((place) => ({
            operation: root.operation,
            text: `${root.field.name}${args} ${place.select(leavesOf(place).join(' '))}`,
          }));
          for (const { asked: one, data, error } of await ask(watched.firm.tokens.READER, asked, together)) {
            expect(error, one.text).toBeUndefined();
            for (const leaf of leavesIn(data)) met.add(leaf);
          }
          places = places.flatMap((place) => placesBeyond(schema, place));
        }
      }
      const { texts, shownTexts } = watched.secrets;
      expect(missing([...texts, ...shownTexts], met)).toEqual([]);
    },
    LONG,
  );

  it(
    'writes nothing',
    async () => {
      const { firm, own, others } = watched;
      const before = await rowsOf(firm.id);
      const pool = { ids: [own.client, own.contact, ...others.slice(0, 3)], texts: [NO_TEXT] };
      for (const root of roots('mutation')) {
        const asked = argumentsOf(root.field.args, pool).map((args) => asking(root, args));
        for (const { asked: one, error, status } of await ask(firm.tokens.READER, asked, togetherOf(root))) {
          expect([status, error?.extensions.code], one.text).toEqual([403, 'FORBIDDEN']);
        }
      }
      expect(await rowsOf(firm.id)).toEqual(before);
    },
    LONG,
  );
});

describe('another firm', () => {
  /** Whatever is of the watched firm in an answer. */
  const foreignIn = ({ data, error }: Outcome<unknown>) => {
    const ids = new Set<unknown>([...ownIds(), ...watched.others]);
    return leavesIn([data, error]).filter((leaf) => ids.has(leaf) || (typeof leaf === 'string' && leaf.includes(MARK)));
  };

  it(
    'reads of a firm what it reads of one that is not there, by any argument',
    async () => {
      const { secrets, others } = watched;
      const texts = [...secrets.texts, ...secrets.shownTexts].filter((_, index) => index % 5 === 0);
      for (const root of roots('query')) {
        const ids = [...ownIds(), ...others];
        const many =
          argumentsOf(root.field.args, { ids: [NO_ID], texts: [NO_TEXT] }).length * (ids.length + texts.length);
        await expectBlindness(stranger.tokens.ADMIN, root, { ids, texts }, Math.ceil(many / 500));
        const asked = argumentsOf(root.field.args, { ids, texts: [NO_TEXT] }).slice(0, 200);
        const outcomes = await ask(
          stranger.tokens.ADMIN,
          asked.map((args) => asking(root, args)),
          1,
        );
        for (const outcome of outcomes) expect(foreignIn(outcome), outcome.asked.text).toEqual([]);
      }
    },
    LONG,
  );

  it(
    'neither changes nor takes over anything of it, whatever it writes',
    async () => {
      const before = await rowsOf(watched.firm.id);
      const pool = { ids: [...ownIds(), ...watched.others], texts: ['plain'] };
      for (const root of roots('mutation')) {
        const foreign = argumentsOf(root.field.args, pool).filter((args) => pool.ids.some((id) => args.includes(id)));
        const asked = foreign.map((args) => asking(root, args));
        for (const outcome of await ask(stranger.tokens.ADMIN, asked, togetherOf(root))) {
          const { text } = outcome.asked;
          const codes = codesOf(outcome);
          expect(codes, text).not.toEqual([]);
          for (const code of codes) expect(['BAD_USER_INPUT', 'NOT_FOUND'], text).toContain(code);
          expect(foreignIn(outcome), text).toEqual([]);
        }
      }
      expect(await rowsOf(watched.firm.id)).toEqual(before);
    },
    LONG,
  );
});

describe('the token of a contact', () => {
  const ME = 'query ($id: ID!) { clientContact(by: { id: $id }) { id notes } }';
  const REMOVE = 'mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { __typename } }';
  let firm: TestFirm;
  let clientId: string;
  let contactId: string;
  let token: string;
  beforeEach(async () => {
    firm = await app.firm();
    const role = await make(firm, 'ContactRole', { name: 'R' });
    clientId = (await make(firm, 'Client', { name: 'C' })).id;
    contactId = (
      await make(firm, 'ClientContact', {
        client: { id: clientId },
        role: { id: role.id },
        lastName: 'L',
        trackingId: 'T',
        notes: 'n',
      })
    ).id;
    token = (await createToken(app.database, { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId })).secret;
    expect((await app.send(token, ME, { id: contactId })).data).toEqual({
      clientContact: { id: contactId, notes: 'n' },
    });
  });

  const refused = async () => {
    for (const document of [
      ME,
      'query ($id: ID!) { __typename node(id: $id) { id } }',
      'query ($id: ID) { __schema { description } node(id: "x") { id } }',
      '{ __typename }',
    ]) {
      const variables = document.includes('$id') ? { id: contactId } : {};
      expect(await app.send(token, document, variables), document).toMatchObject({
        status: 401,
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  };

  it('is refused from its deletion until it comes back', async () => {
    await firm.ok(REMOVE, { id: contactId });
    await refused();
    await firm.ok('mutation { upsertClientContact(input: { trackingId: "T" }) { result } }');
    expect((await app.send(token, ME, { id: contactId })).data).toMatchObject({ clientContact: { id: contactId } });
  });

  it('is refused while its client is deleted', async () => {
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { __typename } }', { id: clientId });
    await refused();
    await firm.ok('mutation ($id: ID!) { restoreClient(by: { id: $id }) { __typename } }', { id: clientId });
    expect((await app.send(token, ME, { id: contactId })).data).toMatchObject({ clientContact: { id: contactId } });
  });

  it('follows it to another client', async () => {
    const other = await make(firm, 'Client', { name: 'Other' });
    const patch =
      'mutation ($id: ID!, $clientId: ID!) { patchClientContact(by: { id: $id }, input: { client: { id: $clientId }}) { __typename } }';
    await firm.ok(patch, { id: contactId, clientId: other.id });
    const document = '{ clientLocations { totalCount nodes { client { name } } } }';
    expect((await app.send(token, document)).data).toEqual({
      clientLocations: { totalCount: 1, nodes: [{ client: { name: 'Other' } }] },
    });
    const read = 'query ($id: ID!) { client(by: { id: $id }) { name } }';
    expect((await app.send(token, read, { id: clientId })).data).toEqual({ client: null });
  });
});
