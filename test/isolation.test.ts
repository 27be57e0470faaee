/**
 * What belongs to another firm does not exist. Every root field of the schema is walked: each place in its arguments that
 * takes an id is given every id of firm A, and each that takes text the texts of A's records, by a firm that must be
 * answered as if nobody had them. A field that is added is walked unnamed; a scalar or a type of record that the walk
 * does not know fails it. What a portal user sees is in visibility.test.ts.
 */
import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInterfaceType,
  isListType,
  isScalarType,
} from 'graphql';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idPrefixes, kindOf, newId } from '../src/base/ids.ts';
import { models } from '../src/database/generated/models.ts';
import type { ModelName } from '../src/database/sql/columns.ts';
import { columnsOf } from '../src/database/sql/columns.ts';
import { name, sql } from '../src/database/sql/sql.ts';
import { createToken, listTokens, revokeToken } from '../src/firms/tokens.ts';
import { schema } from '../src/schema.ts';
import { type Answer, startApp, type TestApp, type TestFirm } from './support/app.ts';
import { knownScalars, placed, places, smallestArguments } from './support/inputs.ts';
import { type RootField, rootFields } from './support/operations.ts';
import { type Records, recordsOf } from './support/records.ts';
import { query } from './support/sql.ts';

const fields = rootFields(schema).map((field) => [field.name, field] as const);

const queries = fields.filter(([, field]) => field.operation === 'query');
const mutations = fields.filter(([, field]) => field.operation === 'mutation');

interface Firm {
  firm: TestFirm;
  records: Records;
}

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});

async function firmOf(mark: string): Promise<Firm> {
  const firm = await app.firm();
  return { firm, records: await recordsOf(firm, mark) };
}

/** All rows of a firm. */
async function rowsOf(firmId: number): Promise<unknown> {
  const owned = (Object.keys(models) as ModelName[]).filter((model) => columnsOf(model).firmId);
  const rows = await Promise.all(
    owned.map((model) =>
      query(app.database, sql`SELECT * FROM ${name(model)} WHERE "firmId" = ${firmId} ORDER BY 1, 2, 3, 4`),
    ),
  );
  return Object.fromEntries(owned.map((model, index) => [model, rows[index]]));
}

describe('the walk', () => {
  it('knows every scalar that an argument can hold', () => {
    const leaves = fields.flatMap(([, field]) =>
      field.args.flatMap(({ type }) => places({ type }).map((place) => getNamedType(place.type))),
    );
    const unknown = leaves.filter((type) => isScalarType(type) && !knownScalars.includes(type.name));
    expect(unknown.map(String)).toEqual([]);
  });

  it('has a record of every type that has an id', async () => {
    const { records } = await firmOf('types');
    const node = schema.getType('Node');
    if (!isInterfaceType(node)) throw new Error('There is no interface Node');
    const types = schema.getPossibleTypes(node).map(({ name: type }) => type);
    expect(Object.keys(records.ids)).toEqual(expect.arrayContaining(types));
    for (const [type, id] of Object.entries(records.ids)) expect(kindOf(id)).toBe(type);
  });
});

describe('another firm', () => {
  /** Whose records must not be found. */
  let theirs: Firm;
  /** Two firms alike: one speaks of records of `theirs`, the other of records that nobody has. */
  let one: Firm;
  let other: Firm;
  /** Ids of `theirs` with, each, one of the same kind that is nobody's. */
  let pairs: [existing: string, missing: string][];
  const TEXTS = ['theirs-1', 'theirs-2'] as const;

  beforeAll(async () => {
    theirs = await firmOf(TEXTS[0]);
    one = await firmOf('own-1');
    other = await firmOf('own-2');
    const tokens = await listTokens(app.database, theirs.firm.id);
    const ids = [tokens[0]?.id ?? '', ...Object.values(theirs.records.ids)];
    pairs = ids.map((id) => [id, newId(kindOf(id) ?? '')]);
  });

  /** Waits until the feed shows all that the firm wrote: on Postgres an open transaction elsewhere holds it back. */
  async function settled({ firm }: Firm): Promise<void> {
    const [row] = await query<{ count: number }>(
      app.database,
      sql`SELECT count(*) AS "count" FROM "Change" WHERE "firmId" = ${firm.id}`,
    );
    await expect
      .poll(async () => (await firm.ok('{ changes { totalCount } }')).changes.totalCount, { timeout: 20_000 })
      .toBe(Number(row?.count));
  }

  const prefixes = Object.values(idPrefixes()).join('|');

  /** An answer without what tells two firms, two records or two moments apart. */
  function plain({ status, data, errors }: Answer): string {
    return JSON.stringify({ status, data, errors }, null, 1)
      .replaceAll(new RegExp(`(${prefixes})_[0-9a-hjkmnp-tv-z]{26}`, 'g'), '$1')
      .replaceAll(/(own|theirs)-?[12]/g, '$1')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'instant')
      .replaceAll(/"(sequence|startCursor|endCursor)": "[^"]+"/g, '"$1": "place"');
  }

  /** What stands in a place: for the one firm what is theirs, for the other what is nobody's. None where neither fits. */
  function values(type: GraphQLInputType): [unknown, unknown][] {
    const inner = getNullableType(type);
    if (isListType(inner)) {
      const items = values(inner.ofType);
      return items.length > 0 ? [[items.map(([item]) => item), items.map(([, item]) => item)]] : [];
    }
    if (isEnumType(inner)) return [];
    if (String(inner) === 'ID') return pairs;
    if (['String', 'JSON'].includes(String(inner))) return [[...TEXTS], ...(String(inner) === 'JSON' ? pairs : [])];
    if (String(inner) === 'JSONObject') return [[{ text: TEXTS[0] }, { text: TEXTS[1] }]];
    return [];
  }

  it.each(fields)(
    'is answered by %s as if nobody had what is theirs',
    async (_name, field) => {
      const before = await rowsOf(theirs.firm.id);
      await settled(one);
      await settled(other);
      for (const { name: argument, type } of field.args) {
        for (const place of places({ type })) {
          for (const [existing, missing] of values(place.type)) {
            const ask = ({ firm, records }: Firm, value: unknown) =>
              firm.run(field.document, {
                ...smallestArguments(field, records),
                [argument]: placed(type, place.path, value, records),
              });
            const [answer, expected] = [await ask(one, existing), await ask(other, missing)];
            const at = `${field.name}(${[argument, ...place.path].join('.')}: ${JSON.stringify(existing)})`;
            expect(plain(answer), at).toBe(plain(expected));
            const others = pairs.map(([id]) => id).filter((id) => !JSON.stringify(existing).includes(id));
            for (const id of others) expect(JSON.stringify(answer.data), at).not.toContain(id);
          }
        }
      }
      expect(await rowsOf(theirs.firm.id)).toEqual(before);
    },
    120_000,
  );

  it.each(queries)('is shown nothing of theirs by %s', async (_name, field) => {
    const { firm, records } = await firmOf('untouched');
    const text = JSON.stringify(await firm.run(field.document, smallestArguments(field, records)));
    expect(text).not.toContain(TEXTS[0]);
    for (const [id] of pairs) expect(text).not.toContain(id);
  });
});

describe('a role', () => {
  let own: Firm;
  let contact: string;
  beforeAll(async () => {
    own = await firmOf('roles');
    const portal = {
      firmId: own.firm.id,
      name: 'portal',
      role: 'CONTACT',
      contactId: own.records.ids.ClientContact,
    } as const;
    contact = (await createToken(app.database, portal)).secret;
  });

  /** By the contract: tokens, custom-field definitions, webhooks, erasure. */
  const forAdmins = /CustomField|Token|Webhook|[Ee]ras/;

  function isForbidden({ status, errors, data }: Answer): void {
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(status).toBe(403);
    expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
  }

  const ask = (token: string | null, field: RootField) =>
    app.send(token, field.document, smallestArguments(field, own.records));
  const isAllowed = ({ status, errors }: Answer) => {
    expect(status).not.toBe(403);
    expect(errors?.map(({ extensions }) => extensions.code) ?? []).not.toContain('FORBIDDEN');
  };

  it.each(mutations)('READER and CONTACT may not call %s', async (_name, field) => {
    isForbidden(await ask(own.firm.tokens.READER, field));
    isForbidden(await ask(contact, field));
  });

  it.each(queries)('READER may ask for %s', async (_name, field) => {
    isAllowed(await ask(own.firm.tokens.READER, field));
  });

  it.each(mutations.filter(([mutation]) => forAdmins.test(mutation)))(
    'WRITER may not call %s',
    async (_name, field) => {
      isForbidden(await ask(own.firm.tokens.WRITER, field));
    },
  );

  it.each(mutations.filter(([mutation]) => !forAdmins.test(mutation)))('WRITER may call %s', async (_name, field) => {
    isAllowed(await ask(own.firm.tokens.WRITER, field));
  });

  it.each(mutations)('ADMIN may call %s', async (_name, field) => {
    isAllowed(await ask(own.firm.tokens.ADMIN, field));
  });
});

describe('a token', () => {
  let own: Firm;
  beforeEach(async () => {
    own ??= await firmOf('tokens');
  });

  const isUnauthenticated = ({ status, errors, data }: Answer) => {
    expect(status).toBe(401);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
  };

  it.each(fields)('is needed for %s', async (_name, field) => {
    const args = smallestArguments(field, own.records);
    for (const token of [null, 'x', `${own.firm.tokens.ADMIN}x`, String(own.firm.id)])
      isUnauthenticated(await app.send(token, field.document, args));
  });

  it.each(fields)('that was used and then revoked may not ask for %s', async (_name, field) => {
    const { id, secret } = await createToken(app.database, { firmId: own.firm.id, name: 'short', role: 'ADMIN' });
    expect((await app.send(secret, '{ clients { totalCount } }')).status).toBe(200);
    await revokeToken(app.database, id);
    const before = await rowsOf(own.firm.id);
    isUnauthenticated(await app.send(secret, field.document, smallestArguments(field, own.records)));
    expect(await rowsOf(own.firm.id)).toEqual(before);
  });

  it('that is given a lesser role meanwhile is answered by it in every field of a request', async () => {
    const { firm } = own;
    const { id, secret } = await createToken(app.database, { firmId: firm.id, name: 'lesser', role: 'READER' });
    const client = 'client(by: { trackingId: "any" }) { note }';
    const document = `{ a: ${client} b: ${client} c: ${client} }`;
    expect((await app.send(secret, document)).status).toBe(200);
    await app.database.$commit([{ kind: 'update', model: 'Token', where: { id }, set: { role: 'CONTACT' } }]);
    const { errors } = await app.send(secret, document);
    // Errors stand in the order in which they came up.
    expect(errors?.map(({ path, extensions }) => `${path} ${extensions.code}`).sort()).toEqual(
      ['a', 'b', 'c'].map((key) => `${key} FORBIDDEN`),
    );
  });
});
