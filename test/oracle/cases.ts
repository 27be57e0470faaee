/** One document after another: written, sent to the gateway, and answered by the oracle. */
import { Kind, parse, print } from 'graphql';
import type { Values } from './arguments.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Difference, differenceOf, type Tally } from './compare.ts';
import type { Written } from './context.ts';
import type { Token } from './data.ts';
import { DocumentWriter } from './documents.ts';
import { send } from './gateway.ts';
import { type Mutation, Mutations, writtenBy } from './mutations.ts';
import type { PrismaClient } from './prisma.ts';
import { type Answer, ask, type Operation } from './schema.ts';
import { type Sent, tidied } from './shrink.ts';
import type { World } from './world.ts';

/** The result of a comparison. `refused`: the gateway refused an input for reasons the oracle does not model. */
export type Outcome = 'same' | 'refused' | 'too complex' | Difference;

export interface Case extends Sent {
  role: string;
  /** Sends this document, or a smaller one in its place, and compares the responses. */
  compare(sent: Sent): Promise<Outcome>;
  /** Whether sending the document again makes no difference. */
  repeatable: boolean;
  /** The same document with other variables and callers, since the gateway caches what it derives from a document. */
  again: readonly Case[];
}

export interface Parties {
  /** The gateway's URL. */
  url: string;
  prisma: PrismaClient;
}

/** A random query; undefined when it is invalid. */
export async function queryCase(seed: number, world: World, parties: Parties, tally: Tally): Promise<Case | undefined> {
  const chance = chanceOf(seed);
  const isPortal = chance.of(25);
  const token = chance.pick(world.tokens.filter(({ role }) => (role === 'CONTACT') === isPortal));
  const writer = new DocumentWriter(chance, world, token);
  const made = tidied(parse(writer.document('query', writer.query(token.role))), writer.variables);
  if (!made) return undefined;
  const sentBy = ({ secret, role }: Token, variables: Values): Case => ({
    text: made.text,
    variables,
    role,
    repeatable: true,
    again: [],
    compare: (sent) => comparedQuery({ secret, ...sent }, parties, tally),
  });
  const again = chance.of(30) ? [token, chance.pick(world.tokens), token] : [];
  return {
    ...sentBy(token, made.variables),
    again: again.map((other) => sentBy(other, otherVariables(made, chance))),
  };
}

export async function comparedQuery(operation: Operation, { url, prisma }: Parties, tally: Tally): Promise<Outcome> {
  const gateway = await send(url, operation);
  if (gateway.failures.some(({ code }) => code === 'TOO_COMPLEX')) return 'too complex';
  return differenceOf(gateway, await ask(prisma, operation), tally) ?? 'same';
}

/** The document's variables with some values replaced, a few by values of the wrong type. */
function otherVariables({ text, variables }: Sent, chance: Chance): Values {
  const others: Values = { ...variables };
  for (const definition of parse(text).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, type } of definition.variableDefinitions ?? []) {
      const name = variable.name.value;
      const declared = print(type);
      if (declared === 'Boolean!' && chance.of(60)) others[name] = chance.of(50);
      if (/^Int!?$/.test(declared) && chance.of(60)) others[name] = chance.pick([0, 1, 2, 5]);
      if (!declared.endsWith('!') && chance.of(20)) others[name] = null;
      if (!declared.endsWith('!') && chance.of(20)) delete others[name];
      if (/^(Int|ID|String|Boolean|\w+Filter)!?$/.test(declared) && chance.of(2)) others[name] = [['x']];
    }
  }
  return others;
}

/** A random mutation of one record, sometimes twice in one document; undefined when it is invalid. */
export async function mutationCase(
  seed: number,
  world: World,
  { url, prisma }: Parties,
  tally: Tally,
): Promise<Case | undefined> {
  const chance = chanceOf(seed);
  const token = chance.pick(chance.of(90) ? world.tokens.filter(({ role }) => role === 'ADMIN') : world.tokens);
  const mutation = await new Mutations(chance, world, prisma).next();
  const { repeatable = false } = mutation;
  const keys = repeatable && chance.of(35) ? ['a', 'b'] : [chance.pick(['a', 'b', mutation.field])];
  const writer = new DocumentWriter(chance, world, { ...token, role: 'ADMIN' });
  const written = keys.map((key) => writer.mutation(mutation.field, mutation.values, key));
  // Of two mutations, one could fail and the other succeed.
  const fields = writer.faulty ? written.slice(0, 1) : written;
  const made = tidied(parse(writer.document('mutation', `{ ${fields.join(' ')} }`)), writer.variables);
  if (!made) return undefined;
  const { firmId } = world;
  const compare = async (sent: Sent): Promise<Outcome> => {
    const operation = { secret: token.secret, ...sent };
    const before = await mutation.find();
    const changes = await prisma.change.count({ where: { firmId } });
    const expected =
      mutation.reads === 'before' && before
        ? await ask(prisma, operation, writesOf(mutation, keys, before, removed(mutation, before)))
        : undefined;
    const gateway = await send(url, operation);
    const after = await mutation.find();
    if (gateway.failures.some(({ code }) => code === 'TOO_COMPLEX')) return 'too complex';
    const writes = after ? writesOf(mutation, keys, before, after) : new Map<string, Written>();
    const answer = expected ? stamped(expected, after) : await ask(prisma, operation, writes);
    const more = (await prisma.change.count({ where: { firmId } })) - changes;
    if (gateway.failures.length > 0 && more > 0) {
      return { path: ['(written though it failed)'], gateway: { more, ...gateway }, oracle: { more: 0 } };
    }
    // The oracle does not model why an input is refused, but each refusal must name the offending fields.
    const isKnown = answer.failures.some(({ code }) => KNOWN.includes(code));
    if (!isKnown && gateway.failures.length > 0 && gateway.failures.every(({ fields }) => fields)) return 'refused';
    return differenceOf(gateway, answer, tally) ?? 'same';
  };
  return { ...made, role: token.role, compare, repeatable, again: [] };
}

/** Codes of the refusals that the oracle models: of callers, variables and selections. */
const KNOWN = ['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT'];

type Row = NonNullable<Awaited<ReturnType<Mutation['find']>>>;

/** What each root field writes. A second one repeats the first and writes nothing. Shrinking may drop the alias. */
function writesOf(mutation: Mutation, keys: readonly string[], before: Row | null, after: Row): Map<string, Written> {
  const written = keys.map((key, index) => [key, writtenBy(mutation, before, after, index > 0)] as const);
  return new Map([[mutation.field, writtenBy(mutation, before, after, false)], ...written]);
}

/** A placeholder for the time of the deletion, which is unknown beforehand. */
const DELETED_AT = '(when it was deleted)';

/** The record as its deletion's payload shows it: as it was, except that deleting a client is a revision of it. */
function removed({ field }: Mutation, row: Row): Row {
  return field === 'deleteClient' || field === 'deleteClientContact'
    ? { ...row, revision: Number(row.revision) + 1, updatedAt: DELETED_AT }
    : row;
}

function stamped({ data, failures }: Answer, after: Row | null): Answer {
  const at = after?.updatedAt instanceof Date ? after.updatedAt.toISOString() : '';
  return { failures, data: data && JSON.parse(JSON.stringify(data).replaceAll(DELETED_AT, at)) };
}
