/**
 * Our execution answers what graphql-js's answers: the same document, variables and resolvers through both. Documents are
 * made at random over a schema that has every kind of type, with resolvers that answer values, nulls, errors, promises of
 * them and values of the wrong kind. FUZZ_RUNS multiplies the number of documents.
 */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
  NoUnusedVariablesRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../src/execution/index.ts';

const RUNS = 50 * Number(process.env.FUZZ_RUNS ?? 1);

const typeDefs = /* GraphQL */ `
  enum Colour { RED GREEN }
  scalar Anything
  input Point { x: Int! = 3, y: [Int!], name: String }
  input Key @oneOf { id: ID, name: String }
  interface Named { name: String, friend(kind: Colour): Named, must: String! }
  type Cat implements Named { name: String, friend(kind: Colour): Named, must: String!, lives: Int, colour: Colour, self: Cat!, pets: [Pet!]! }
  type Dog implements Named { name: String, friend(kind: Colour = GREEN): Named, must: String!, barks: Boolean!, grid: [[Float]!], selves: [Dog] }
  union Pet = Cat | Dog
  type Query {
    greet(first: Int = 2, at: Point, by: Key): String
    id: ID!
    cat(at: Point): Cat
    theCat: Cat!
    dogs(first: Int!, colours: [Colour!]): [Dog!]
    pet: Pet
    pets: [Pet]!
    named: Named
    anything: Anything
    words: [String!]
  }
  type Mutation { cat(at: Point): Cat, dogs(first: Int!): [Dog!], must: String! }
`;

const NAMES = ['Cat', 'Dog', 'Cat', 'Dog', 'Fish', 'Colour'];

/** A number that depends on nothing but the text. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/**
 * A schema whose resolvers answer by the place they are asked at: `wild` of a hundred times something goes wrong. Where
 * things go wrong only fields of the root answer promises, since graphql-js leaves others unheard.
 */
function schemaOf(seed: number, wild: number): GraphQLSchema {
  const schema = buildSchema(typeDefs);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value) => resolved(hashOf(`${seed} type ${JSON.stringify(value)}`));
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const answer = (source: unknown, args: unknown, context: unknown, place: string) => {
        const number = hashOf(`${seed} ${type.name}.${field.name} ${JSON.stringify([source, args, place, context])}`);
        const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
        return answerOf(number, String(field.type), wild, wild === 0 || isRoot);
      };
      // Some look at their source alone, as most resolvers do, and some are properties of it.
      const manner =
        hashOf(`${seed} manner ${type.name}.${field.name}`) % (isLeafType(getNullableType(field.type)) ? 3 : 2);
      if (manner === 0) {
        const fromSource = (source: unknown) => answer(source, null, null, '');
        field.resolve = fromSource;
        field.extensions = { execution: { fromSource } };
      } else if (manner === 1) {
        field.resolve = (source, args, context, info) =>
          answer(
            source,
            args,
            context,
            `${info.path.key} ${info.fieldNodes.length} ${info.parentType} ${info.path.prev?.key}`,
          );
      }
    }
  }
  return schema;

  function resolved(number: number): string | Promise<string> | undefined {
    if (wild > 0 && number % 50 === 0) return undefined;
    const name = NAMES[number % (wild > 0 ? NAMES.length : 2)] ?? 'Cat';
    return number % 7 === 0 && wild === 0 ? Promise.resolve(name) : name;
  }
}

function answerOf(number: number, type: string, wild: number, promises: boolean): unknown {
  const next = Math.imul(number, 2654435761) >>> 0;
  if (number % 100 < wild) {
    const faults = [
      () => null,
      () => undefined,
      () => new Error(`returned ${number}`),
      () => {
        throw new Error(`thrown ${number}`);
      },
      () => (promises ? Promise.reject(new Error(`rejected ${number}`)) : null),
      () => (promises ? Promise.resolve(null) : null),
      () => 'not what it should be',
      () => ({ number }),
    ];
    return faults[next % faults.length]?.();
  }
  const value = rightAnswer(next, type, wild);
  return number % 5 === 0 && promises ? Promise.resolve(value) : value;
}

function rightAnswer(number: number, type: string, wild: number): unknown {
  const bare = type.replace(/!$/, '');
  if (bare.startsWith('[')) {
    return Array.from({ length: number % 4 }, (_, index) =>
      answerOf(number + index * 7, bare.slice(1, -1), wild / 3, wild === 0),
    );
  }
  switch (bare) {
    case 'String':
    case 'ID':
      return number % 3 === 0 ? number : `text ${number}`;
    case 'Int':
      return number % 1000;
    case 'Float':
      return number / 7;
    case 'Boolean':
      return number % 2 === 0;
    case 'Colour':
      return number % 2 === 0 ? 'RED' : 'GREEN';
    case 'Anything':
      return [number, { deep: [null] }];
    default: {
      // The properties that fields without a resolver read.
      const name = () => `called ${number}`;
      return {
        number,
        name,
        must: wild > 0 && number % 9 === 0 ? null : 'must',
        lives: 9,
        colour: 'RED',
        barks: number % 2 === 0,
      };
    }
  }
}

/** A document of many: the same seed, the same document. */
function documentOf(schema: GraphQLSchema, seed: number): string {
  let chosen = 0;
  const choose = (count: number) => hashOf(`${seed} ${chosen++}`) % count;
  const named = new Map<string, string>();
  const directive = () =>
    ['', '', '', '', ' @skip(if: $yes)', ' @include(if: $no)', ' @include(if: $maybe)'][choose(7)];

  function argumentsOf(name: string): string {
    const given: Record<string, string[]> = {
      friend: ['', '(kind: RED)', '(kind: $colour)', '(kind: null)'],
      greet: [
        '',
        '(first: 4)',
        '(first: $first)',
        '(at: { y: [1, $first] })',
        '(at: $point)',
        '(by: { id: "1" })',
        '(by: $key)',
      ],
      cat: ['', '(at: { x: 1, name: $text })', '(at: $point)'],
      dogs: ['(first: 1)', '(first: $first)', '(first: $other)'],
    };
    const ways = given[name];
    return ways?.[choose(ways.length)] ?? '';
  }

  function selection(type: GraphQLNamedType, depth: number): string {
    const parts: string[] = [];
    for (let count = 1 + choose(5); count > 0; count--) parts.push(part(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  function part(type: GraphQLNamedType, depth: number): string {
    const way = choose(10);
    if (way === 0 || isUnionType(type)) {
      const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
      const one = types[choose(types.length)] ?? type;
      return way === 1 || depth > 4 ? '__typename' : `... on ${one.name}${directive()} ${selection(one, depth + 1)}`;
    }
    if (way === 1) return `again: __typename${directive()}`;
    if (way === 2 && depth < 3) {
      const name = `Part${named.size}`;
      named.set(name, '');
      named.set(name, `fragment ${name} on ${type.name} ${selection(type, depth + 1)}`);
      return `...${name}${directive()} ...${name}`;
    }
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const field = fields[choose(fields.length)];
    if (!field) return '__typename';
    const inner = getNamedType(field.type);
    const isLeaf = !('getFields' in inner) && !isUnionType(inner);
    if (!isLeaf && depth > 4) return '__typename';
    const alias = ['', '', `alias${choose(3)}: `, '__proto__: '][choose(4)] ?? '';
    return `${alias}${field.name}${argumentsOf(field.name)}${directive()}${isLeaf ? '' : ` ${selection(inner, depth + 1)}`}`;
  }

  const declared = `($yes: Boolean!, $no: Boolean!, $maybe: Boolean = true, $colour: Colour, $first: Int = 2, $other: Int = 1, $point: Point, $key: Key, $text: String)`;
  const isMutation = choose(5) === 0;
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  if (!root) throw new Error('The schema has no root');
  const operation = `${isMutation ? 'mutation' : 'query'} Made${declared} ${selection(root, 0)}`;
  return [operation, ...named.values()].join('\n');
}

const variables = fc.record(
  {
    yes: fc.constantFrom<unknown>(true, false),
    no: fc.constantFrom<unknown>(true, false, null),
    maybe: fc.constantFrom<unknown>(true, false, null),
    colour: fc.constantFrom<unknown>('RED', 'GREEN', null, 'BLUE'),
    first: fc.constantFrom<unknown>(0, 1, 3, null, 'three'),
    other: fc.constantFrom<unknown>(1, null),
    point: fc.constantFrom<unknown>({ x: 1 }, {}, { x: null }, { y: [1, 'two'] }, null),
    key: fc.constantFrom<unknown>({ id: '1' }, { id: '1', name: 'two' }, {}, { name: null }),
    text: fc.constantFrom<unknown>('text', null),
  },
  { requiredKeys: ['yes', 'no'] },
);

/** The first document from the seed on in which no key stands for two things at one place. */
function validDocumentOf(schema: GraphQLSchema, seed: number): { text: string; document: DocumentNode } {
  for (let tried = seed; ; tried++) {
    const text = documentOf(schema, tried);
    const document = parse(text);
    const faults = validate(schema, document, rules).map(({ message }) => message);
    if (faults.length === 0) return { text, document };
    expect(
      faults.filter((message) => !/^Fields "\w+" conflict|^Too many/.test(message)),
      text,
    ).toEqual([]);
  }
}

const rules = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule);

/** What a client would get of it, but for the words of faults of ours, which are masked. */
async function told(result: unknown) {
  const { data, errors } = JSON.parse(JSON.stringify(await result));
  const faults = /^(Abstract type .* (was resolved|must resolve)|Runtime Object type)/;
  return {
    data,
    errors: errors?.map((error: Error) => ({
      ...error,
      message: error.message.replace(faults, '…').replace(/^….*/, '…'),
    })),
  };
}

describe('random documents', () => {
  it.each([
    ['when all goes well', 0],
    ['when some of it fails', 12],
    ['when much of it fails', 40],
  ])('answer as with graphql-js, %s', async (_name, wild) => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(variables, { minLength: 3, maxLength: 3 }),
        fc.nat(),
        async (made, many, seed) => {
          const schema = schemaOf(seed, wild);
          const { text, document } = validDocumentOf(schema, made);
          const ours = createExecutor(schema);
          // Each twice: what was remembered must serve other variables, and the same ones again.
          for (const variableValues of [...many, ...many]) {
            const args = { schema, document, variableValues, contextValue: { seed } };
            // The other faults of variables are found at the edge.
            const theirs = execute({ ...args, options: { maxCoercionErrors: 1 }, hideSuggestions: true });
            expect(await told(ours(args)), text).toEqual(await told(theirs));
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('what is kept with a document', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');

  it('is nothing of the values it was asked for with', async () => {
    const schema = buildSchema('scalar Any type Query { here(any: Any): Int }');
    const document = parse('query ($any: Any, $yes: Boolean!) { here(any: $any) @include(if: $yes) }');
    const ours = createExecutor(schema);
    const ask = (any: object) => {
      expect(ours({ schema, document, variableValues: { any, yes: true } })).toEqual({ data: { here: null } });
      return new WeakRef(any);
    };
    const asked = ask({});
    await setImmediate();
    collectGarbage();
    expect(asked.deref()).toBeUndefined();
    ask({});
  });

  it('does not mistake a variable for one of the same name in another operation', () => {
    const schema = buildSchema('scalar Any type Query { here(any: Any): Int }');
    const document = parse('query A($a: Any) { here(any: $a) } query B($a: Boolean!) { here @skip(if: $a) }');
    const ours = createExecutor(schema);
    const ask = (operationName: string, a: unknown) => ours({ schema, document, operationName, variableValues: { a } });
    expect(ask('A', { toString: 1 })).toEqual({ data: { here: null } });
    expect(ask('A', 'true')).toEqual({ data: { here: null } });
    expect(ask('B', true)).toEqual({ data: {} });
    expect(ask('B', false)).toEqual({ data: { here: null } });
  });
});
