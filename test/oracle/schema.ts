/** The printed schema, executable with the oracle's resolvers. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  valueFromASTUntyped,
} from 'graphql';
import { checkAccess } from './access.ts';
import { badInput, type Context, type Failure, type Fault, refuse, viewerOf, type Written } from './context.ts';
import type { PrismaClient } from './prisma.ts';
import { payload, resolvers } from './resolvers.ts';
import { faultsBelow } from './selections.ts';

export const contract = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

/** Makes scalars accept any value: validating inputs is not what the oracle tests. */
function withScalars(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    type.parseValue = (value) => value;
    type.parseLiteral = (node, variables) => valueFromASTUntyped(node, variables);
    type.serialize = (value) => (value instanceof Date ? value.toISOString() : value);
  }
  return schema;
}

function withResolvers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const own = resolvers[type.name]?.[field.name] as GraphQLFieldResolver<unknown, Context> | undefined;
      const resolve = noting(type === schema.getMutationType() ? payload : (own ?? defaultFieldResolver));
      const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
      field.resolve = isRoot ? guarded(resolve) : resolve;
    }
  }
  return schema;
}

/** All fields resolved so far, as `Type.field`. */
export const reached = new Set<string>();

/** All fields that queries can reach, as `Type.field`. */
export function reachable(): string[] {
  const types = new Set<GraphQLObjectType>();
  const follow = (type: GraphQLNamedType | null | undefined): void => {
    if (isAbstractType(type)) for (const one of schema.getPossibleTypes(type)) follow(one);
    if (!isObjectType(type) || types.has(type)) return;
    types.add(type);
    for (const field of Object.values(type.getFields())) follow(getNamedType(field.type));
  };
  follow(schema.getQueryType());
  return [...types].flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
}

function noting(resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) => {
    reached.add(`${info.parentType.name}.${info.fieldName}`);
    return resolve(source, args, context, info);
  };
}

/** Wraps a root field's resolver: checks access, and keeps all errors, since graphql-js drops some. */
function guarded(resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) => {
    const resolved = (async () => {
      try {
        checkAccess(context.viewer, args, info);
        return await withFaults(faultsBelow(args, info), () => resolve(source, args, context, info));
      } catch (error) {
        context.failures.push(failureOf([info.path.key], error));
        throw error;
      }
    })();
    context.resolving.push(resolved.catch(() => {}));
    return resolved;
  };
}

/** Resolves a root field whose nested lists have these faults. One error names all faults. */
async function withFaults(faults: readonly Fault[], resolve: () => unknown): Promise<unknown> {
  let resolved: unknown;
  try {
    resolved = await resolve();
  } catch (error) {
    const { code, fields = [] } = failureOf([], error);
    if (code === 'BAD_USER_INPUT') refuse([...fields, ...faults]);
    throw error;
  }
  refuse(faults);
  return resolved;
}

export function failureOf(path: Failure['path'], error: unknown): Failure {
  const { code, fields } = (error as { extensions?: { code?: string; fields?: readonly Fault[] } }).extensions ?? {};
  const argument = /^Argument "(\w+)" has invalid value/.exec(String((error as Error).message))?.[1];
  if (argument) return { path, code: 'BAD_USER_INPUT', fields: [badInput([argument])] };
  return { path, code: code ?? `unexpected: ${error}`, fields };
}

/** The schema that the oracle executes. */
export const schema = withResolvers(withScalars(buildSchema(contract)));

export interface Operation {
  secret: string;
  text: string;
  variables: Readonly<Record<string, unknown>>;
}

export interface Answer {
  data: ExecutionResult['data'];
  failures: readonly Failure[];
}

/** Executes an operation. `writes`: what the mutations of the document wrote, by response key. */
export async function ask(
  prisma: PrismaClient,
  { secret, text, variables }: Operation,
  writes: ReadonlyMap<string, Written> = new Map(),
): Promise<Answer> {
  const viewer = await viewerOf(prisma, secret);
  if (!viewer) return refusedAs('UNAUTHENTICATED');
  const context: Context = { prisma, viewer, writes, failures: [], resolving: [] };
  const result = await execute({
    schema,
    document: parse(text),
    contextValue: context,
    variableValues: variables,
  });
  await Promise.all(context.resolving);
  // A variable has a value of the wrong type.
  if (result.data === undefined) return refusedAs('BAD_USER_INPUT');
  const failures = result.errors?.map((error) => failureOf(error.path ?? [], error)) ?? [];
  // When `data` is null, the gateway may report the error of any root field.
  const all = result.data === null ? [...failures, ...context.failures] : failures;
  return { data: JSON.parse(JSON.stringify(result.data)), failures: all };
}

/** The response to a request that is not executed. */
function refusedAs(code: string): Answer {
  return { data: undefined, failures: [{ path: [], code, fields: undefined }] };
}
