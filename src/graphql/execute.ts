/**
 * Execution, with the outcomes of graphql-js's `execute`: data, errors, their order and places (test/execute.unit.test.ts
 * compares the two). What follows from the document alone is worked out once and kept for as long as the document is:
 * which fields are selected of which type, how each is resolved and completed, arguments without variables.
 *
 * Two conventions make it quick. A field may declare how it is resolved by its source alone (execution/resolution.ts).
 * Types are told apart by the `resolveType` of their interface or union, never by `isTypeOf`.
 *
 * Two things are beyond the specification. Lists are completed in slices, so that a large response keeps nobody from a
 * turn of the event loop. And the size of a response is counted while it is made: where an account refuses more, the root
 * field that is being completed fails as a whole.
 */
import {
  assertValidSchema,
  BREAK,
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLError,
  type GraphQLField,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  getArgumentValues,
  getVariableValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { giveWay, inTurns } from '../give-way.ts';
import { makeRoom } from '../make-room.ts';
import { collect, selectionSets } from './selection.ts';

type Path = GraphQLResolveInfo['path'];
type Values = Readonly<Record<string, unknown>>;
type Fragments = Record<string, FragmentDefinitionNode>;

/** Makes of a resolved value what is answered; answers a promise where something below does. Throws what went wrong. */
type Complete = (value: unknown, path: Path, field: FieldPlan, execution: Execution) => unknown;

/** Counts the bytes of a response while it is made. Throws when they are too many, and then each time. */
export interface Account {
  respond(bytes: number): void;
}

/** One field of an answer. */
interface FieldPlan {
  key: string;
  nodes: readonly FieldNode[];
  parent: GraphQLObjectType;
  definition: GraphQLField<unknown, unknown>;
  nullable: boolean;
  /** The resolver when it looks at its source alone. */
  read: ((source: unknown) => unknown) | undefined;
  /** Its arguments when they are the same every time. */
  args: Values | undefined;
  /** Completes a scalar or an enum, which needs no path. */
  leaf: ((value: unknown, field: FieldPlan) => unknown) | undefined;
  complete: Complete;
  /** What is selected below, by the type of the object. */
  below: Map<GraphQLObjectType, Selection>;
}

interface Selection {
  fields: readonly FieldPlan[];
  /** About how many bytes an object of these fields is in a response, without lists, objects and long values below it. */
  bytes: number;
  /** Whether a key is `__proto__`, which is no property like others. */
  odd: boolean;
}

/** An operation whose @skip and @include are decided. */
interface OperationPlan {
  schema: GraphQLSchema;
  fragments: Fragments;
  operation: OperationDefinitionNode;
  /** Those that decide a @skip or @include. Others are not kept: they are as large as a caller likes. */
  variables: Values;
  selection: Selection;
}

/** What is known of a document. */
interface DocumentPlans {
  fragments: Fragments;
  /** The variables that decide a @skip or @include. */
  deciding: readonly string[];
  /** By operation, and by what those variables were. */
  plans: Map<OperationDefinitionNode, Map<string, OperationPlan>>;
}

/** Ways through the @skip and @include of an operation that are kept. */
const VARIANTS_MAX = 16;

interface Execution {
  plan: OperationPlan;
  rootValue: unknown;
  context: unknown;
  variables: Values;
  errors: GraphQLError[];
  /** The places that errors have made null. */
  nulled: Set<Path | undefined>;
  began: number;
  /** How many items of lists were completed. */
  items: number;
  account: Account | undefined;
  /** Bytes that may be added before the account is asked again. */
  allowance: number;
  /** What the account threw. */
  refusal: Error | undefined;
}

/** Bytes that the account is asked for at once. Responses of less are not counted. */
const PORTION = 16_384;

/** What executes operations of the schema. `accountOf` finds in the context who counts the response. */
export function createExecutor(
  schema: GraphQLSchema,
  accountOf: (context: unknown) => Account | undefined = () => undefined,
): (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult> {
  assertValidSchema(schema);
  const known = new WeakMap<DocumentNode, DocumentPlans>();

  return ({ document, operationName, variableValues, contextValue, rootValue }) => {
    let plans = known.get(document);
    if (plans === undefined) {
      plans = plansOf(document);
      known.set(document, plans);
    }
    const operation = operationOf(document, operationName);
    if (operation instanceof GraphQLError) return { errors: [operation] };
    const { coerced, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      variableValues ?? {},
      COERCION,
    );
    if (errors) return { errors };
    const execution = {
      rootValue,
      context: contextValue,
      variables: coerced,
      errors: [],
      nulled: new Set<Path>(),
      began: performance.now(),
      items: 0,
      account: accountOf(contextValue),
      allowance: PORTION,
      refusal: undefined,
    };
    try {
      const plan = planOf(schema, plans, operation, coerced);
      return executeOperation({ ...execution, plan });
    } catch (error) {
      // A @skip or @include at the root that cannot be decided.
      return { errors: [error as GraphQLError], data: null };
    }
  };
}

/**
 * One fault is enough to refuse the operation; http/input-faults.ts finds the others. Each error that graphql-js makes
 * prints the whole object around the fault, which may be a megabyte.
 */
const COERCION = { maxErrors: 1, hideSuggestions: true };

/** The operation that is asked for, as graphql-js chooses it. */
function operationOf(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | GraphQLError {
  const fault = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
  let found: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (name === undefined || name === null) {
      if (found) return fault('Must provide operation name if query contains multiple operations.');
      found = definition;
    } else if (definition.name?.value === name) {
      found = definition;
    }
  }
  return (
    found ??
    fault(name === undefined || name === null ? 'Must provide an operation.' : `Unknown operation named "${name}".`)
  );
}

function plansOf(document: DocumentNode): DocumentPlans {
  const fragments: Fragments = Object.create(null);
  const deciding = new Set<string>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  visit(document, {
    Directive(node) {
      for (const { value } of node.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) deciding.add(value.name.value);
      }
    },
  });
  return { fragments, deciding: [...deciding], plans: new Map() };
}

function planOf(
  schema: GraphQLSchema,
  { fragments, deciding, plans }: DocumentPlans,
  operation: OperationDefinitionNode,
  variables: Values,
): OperationPlan {
  let variants = plans.get(operation);
  if (variants === undefined) {
    variants = new Map();
    plans.set(operation, variants);
  }
  const decisions = decisionsOf(deciding, variables);
  const variant = deciding.map((name) => String(decisions[name])).join();
  const known = variants.get(variant);
  if (known) return known;
  const root = schema.getRootType(operation.operation);
  if (!root) {
    throw new GraphQLError(`Schema is not configured to execute ${operation.operation} operation.`, {
      nodes: operation,
    });
  }
  const beginning = { schema, fragments, operation, variables: decisions };
  const plan = { ...beginning, selection: selectionOf(root, [operation.selectionSet], beginning) };
  makeRoom(variants, VARIANTS_MAX);
  variants.set(variant, plan);
  return plan;
}

/** The variables that decide something. What is no Boolean is of this name in another operation of the document. */
function decisionsOf(deciding: readonly string[], variables: Values): Values {
  const decisions: Record<string, unknown> = Object.create(null);
  for (const name of deciding) {
    if (!Object.hasOwn(variables, name)) continue;
    const value = variables[name];
    if (typeof value === 'boolean' || value === null) decisions[name] = value;
  }
  return decisions;
}

function selectionOf(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  plan: Omit<OperationPlan, 'selection'>,
): Selection {
  const { schema, fragments, variables } = plan;
  const selected = collect(type, sets, { schema, fragments, variableValues: variables as Record<string, unknown> });
  const fields = [...selected].flatMap(([key, nodes]) => fieldPlan(schema, type, key, nodes) ?? []);
  let bytes = BRACES;
  for (const { key, leaf } of fields) bytes += key.length + PUNCTUATION + (leaf ? SHORT_BYTES : 0);
  return { fields, bytes, odd: selected.has('__proto__') };
}

/** Braces and a comma. */
const BRACES = 3;
/** Quotes, a colon and a comma. */
const PUNCTUATION = 4;

const NO_ARGS: Values = Object.freeze({});

function fieldPlan(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
): FieldPlan | undefined {
  const [node] = nodes;
  const definition = node && definitionOf(schema, parent, node.name.value);
  if (!definition) return undefined;
  const nullable = !isNonNullType(definition.type);
  const inner = isNonNullType(definition.type) ? definition.type.ofType : definition.type;
  return {
    key,
    nodes,
    parent,
    definition,
    nullable,
    read: readerOf(definition, parent),
    args: constantArgs(schema, definition, node, parent),
    leaf: isLeafType(inner) ? leafOf(inner, nullable) : undefined,
    complete: completeOf(definition.type),
    below: new Map(),
  };
}

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return parent.getFields()[name];
}

function readerOf(
  { extensions, args, name }: GraphQLField<unknown, unknown>,
  parent: GraphQLObjectType,
): FieldPlan['read'] {
  if (name === TypeNameMetaFieldDef.name) return () => parent.name;
  // Arguments may be at fault whether anybody looks at them or not.
  return args.length === 0 ? extensions.execution?.fromSource : undefined;
}

/** Of fields of the root they are made anew each time: what a write is given is its own. */
function constantArgs(
  schema: GraphQLSchema,
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  parent: GraphQLObjectType,
): Values | undefined {
  if (definition.args.length === 0) return NO_ARGS;
  if (parent === schema.getQueryType() || parent === schema.getMutationType()) return undefined;
  let varying = false;
  visit(node, {
    SelectionSet: () => false,
    Variable() {
      varying = true;
      return BREAK;
    },
  });
  if (varying) return undefined;
  try {
    return getArgumentValues(definition, node, {});
  } catch {
    // Fails each time it is tried: then it is told in its place.
    return undefined;
  }
}

function executeOperation(execution: Execution): ExecutionResult | Promise<ExecutionResult> {
  const { plan, rootValue } = execution;
  const failed = (error: unknown): ExecutionResult => {
    collectError(execution, error as GraphQLError, undefined);
    return answer(null, execution);
  };
  try {
    const data =
      plan.operation.operation === 'mutation'
        ? executeSerially(plan.selection, rootValue, execution)
        : executeFields(plan.selection, rootValue, undefined, execution);
    if (!isPromise(data)) return answer(data, execution);
    return Promise.resolve(data).then((settled) => answer(settled as Record<string, unknown>, execution), failed);
  } catch (error) {
    return failed(error);
  }
}

function answer(data: Record<string, unknown> | null, { errors }: Execution): ExecutionResult {
  return errors.length === 0 ? { data } : { errors, data };
}

async function executeSerially({ fields, odd }: Selection, source: unknown, execution: Execution) {
  const results: Record<string, unknown> = odd ? Object.create(null) : {};
  for (const field of fields) results[field.key] = await executeField(field, source, undefined, execution);
  return results;
}

function executeFields(
  { fields, odd, bytes }: Selection,
  source: unknown,
  path: Path | undefined,
  execution: Execution,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  // What the root is itself is in the document.
  if (path) count(bytes, execution);
  const results: Record<string, unknown> = odd ? Object.create(null) : {};
  let pending = false;
  try {
    for (const field of fields) {
      const result = executeField(field, source, path, execution);
      results[field.key] = result;
      if (isPromise(result)) pending = true;
    }
  } catch (error) {
    if (!pending) throw error;
    // Others may fail too: somebody has to hear of it.
    return settle(results).finally(() => {
      throw error;
    });
  }
  return pending ? settle(results) : results;
}

/** The same, once all of it is there. */
async function settle(results: Record<string, unknown>): Promise<Record<string, unknown>> {
  const values = await Promise.all(Object.values(results));
  for (const [index, key] of Object.keys(results).entries()) results[key] = values[index];
  return results;
}

/** Counts what is added to the response. */
function count(bytes: number, execution: Execution): void {
  execution.allowance -= bytes;
  if (execution.allowance < 0 && execution.account) refill(execution, execution.account);
}

function refill(execution: Execution, account: Account): void {
  const wanted = PORTION - execution.allowance;
  try {
    account.respond(wanted);
    execution.allowance += wanted;
  } catch (error) {
    execution.refusal = error as Error;
    throw error;
  }
}

/** What a scalar or an enum is taken to be in a response, unless it is long. */
const SHORT_BYTES = 24;
/** Texts of more characters are long. */
const SHORT_TEXT = 64;
/** Texts of fewer characters are counted as they are; of longer ones, what JSON makes of them. */
const LONG_TEXT = 256;

/** About how many bytes a value of a scalar or an enum is in a response. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') {
    return value.length < LONG_TEXT ? value.length + 2 : Buffer.byteLength(JSON.stringify(value));
  }
  if (typeof value !== 'object' || value === null) return 5;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item) + 1;
  } else {
    for (const key in value) size += key.length + PUNCTUATION + sizeOf((value as Record<string, unknown>)[key]);
  }
  return size;
}

function executeField(field: FieldPlan, source: unknown, above: Path | undefined, execution: Execution): unknown {
  let path: Path | undefined;
  try {
    let value: unknown;
    if (field.read) {
      value = field.read(source);
      // Most fields are these.
      if (field.leaf && !isPromise(value)) return completeLeaf(field.leaf(value, field), execution);
    } else {
      path = pathOf(field, above);
      value = resolveField(field, source, path, execution);
    }
    path ??= pathOf(field, above);
    return completeField(field, value, path, execution);
  } catch (error) {
    return fieldError(error, field.nullable, path ?? pathOf(field, above), field, execution);
  }
}

function resolveField(field: FieldPlan, source: unknown, path: Path, execution: Execution): unknown {
  const args = field.args ?? getArgumentValues(field.definition, nodeOf(field), execution.variables);
  const resolve = field.definition.resolve ?? defaultFieldResolver;
  return resolve(source, args as Record<string, unknown>, execution.context, infoOf(field, path, execution));
}

function completeField(field: FieldPlan, value: unknown, path: Path, execution: Execution): unknown {
  if (isPromise(value)) {
    return value
      .then((settled) => field.complete(settled, path, field, execution))
      .then(undefined, (error: unknown) => fieldError(error, field.nullable, path, field, execution));
  }
  if (field.leaf) return completeLeaf(field.leaf(value, field), execution);
  const complete = field.complete(value, path, field, execution);
  if (!isPromise(complete)) return complete;
  return complete.then(undefined, (error: unknown) => fieldError(error, field.nullable, path, field, execution));
}

/** Counts a scalar or an enum that is more than what is counted for each with its object. */
function completeLeaf(value: unknown, execution: Execution): unknown {
  if (typeof value === 'string' ? value.length > SHORT_TEXT : typeof value === 'object' && value !== null) {
    count(sizeOf(value), execution);
  }
  return value;
}

function nodeOf({ nodes: [node] }: FieldPlan): FieldNode {
  if (!node) throw new Error('A field without a node');
  return node;
}

function pathOf({ key, parent }: FieldPlan, above: Path | undefined): Path {
  return { prev: above, key, typename: parent.name };
}

function infoOf(field: FieldPlan, path: Path, { plan, rootValue, variables }: Execution): GraphQLResolveInfo {
  return {
    fieldName: field.definition.name,
    fieldNodes: field.nodes,
    returnType: field.definition.type,
    parentType: field.parent,
    path,
    schema: plan.schema,
    fragments: plan.fragments,
    rootValue,
    operation: plan.operation,
    variableValues: variables as Record<string, unknown>,
  };
}

/** An error of a field or an item: it becomes null where it may be, else it is the error of what is around it. */
function fieldError(error: unknown, nullable: boolean, path: Path, field: FieldPlan, execution: Execution): null {
  // It is the root field that fails.
  if (execution.refusal !== undefined && error === execution.refusal && path.prev !== undefined) throw error;
  const located = locatedError(error, field.nodes, responsePathAsArray(path));
  if (!nullable) throw located;
  collectError(execution, located, path);
  return null;
}

/** Keeps the error, unless what is around its place is null already. */
function collectError({ errors, nulled }: Execution, error: GraphQLError, path: Path | undefined): void {
  for (let above = path; above !== undefined; above = above.prev) if (nulled.has(above)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error);
}

function completeOf(type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) {
    const complete = completeOf(type.ofType);
    return (value, path, field, execution) => {
      const result = complete(value, path, field, execution);
      if (result === null) throw new Error(missing(field));
      return result;
    };
  }
  if (isLeafType(type)) {
    const leaf = leafOf(type, true);
    return (value, _path, field, execution) => {
      count(SHORT_BYTES, execution);
      return completeLeaf(leaf(value, field), execution);
    };
  }
  if (isListType(type)) return listOf(type.ofType);
  if (isAbstractType(type)) {
    return (value, path, field, execution) => {
      if (value instanceof Error) throw value;
      if (value === null || value === undefined) return null;
      const info = infoOf(field, path, execution);
      const resolved = type.resolveType?.(value, execution.context, info, type);
      if (!isPromise(resolved))
        return object(runtimeType(resolved, type, field, execution), value, path, field, execution);
      return resolved.then((name) => object(runtimeType(name, type, field, execution), value, path, field, execution));
    };
  }
  return (value, path, field, execution) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : object(type, value, path, field, execution);
  };
}

function missing({ parent, definition }: FieldPlan): string {
  return `Cannot return null for non-nullable field ${parent.name}.${definition.name}.`;
}

/** Whether serializing would give the very same. */
const IS_SERIALIZED = new Map<GraphQLLeafType, (value: unknown) => boolean>([
  [GraphQLString, (value) => typeof value === 'string'],
  [GraphQLID, (value) => typeof value === 'string'],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
]);

function leafOf(type: GraphQLLeafType, nullable: boolean): (value: unknown, field: FieldPlan) => unknown {
  const isSerialized = IS_SERIALIZED.get(type) ?? (() => false);
  return (value, field) => {
    if (isSerialized(value)) return value;
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (nullable) return null;
      throw new Error(missing(field));
    }
    const serialized: unknown = type.serialize(value);
    if (serialized !== null && serialized !== undefined) return serialized;
    throw new Error(`A value of type ${type.name} was serialized as ${serialized}.`);
  };
}

function listOf(itemType: GraphQLOutputType): Complete {
  const complete = completeOf(itemType);
  const nullable = !isNonNullType(itemType);
  const completeItem: Complete = (item, at, field, execution) => {
    try {
      const result = isPromise(item)
        ? item.then((settled) => complete(settled, at, field, execution))
        : complete(item, at, field, execution);
      if (!isPromise(result)) return result;
      const caught = result.then(undefined, (error: unknown) => fieldError(error, nullable, at, field, execution));
      // It may fail in a turn of others, before the rest of the list is there and anybody looks at it.
      caught.catch(() => undefined);
      return caught;
    } catch (error) {
      return fieldError(error, nullable, at, field, execution);
    }
  };
  /** Completes the items that are not completed yet, until others need a turn: then it returns a promise of that. */
  const completeItems = (
    list: readonly unknown[],
    items: unknown[],
    path: Path,
    field: FieldPlan,
    execution: Execution,
  ): Promise<void> | undefined => {
    while (items.length < list.length) {
      const at: Path = { prev: path, key: items.length, typename: undefined };
      items.push(completeItem(list[items.length], at, field, execution));
      const turn = turnAfterItem(execution);
      if (turn) return turn;
    }
    return undefined;
  };
  return (value, path, field, execution) => {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return null;
    if (!isIterableObject(value)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`,
      );
    }
    const list: readonly unknown[] = Array.isArray(value) ? value : [...value];
    const items: unknown[] = [];
    const completeMore = () => completeItems(list, items, path, field, execution);
    const turn = completeMore();
    if (turn) return inTurns(turn, completeMore).then(() => Promise.all(items));
    return items.some(isPromise) ? Promise.all(items) : items;
  };
}

/** Items of lists after which it is asked whether others need a turn. */
const SLICE_ITEMS = 16;

/** A promise of the next turn where others need one. */
function turnAfterItem(execution: Execution): Promise<void> | undefined {
  execution.items++;
  return execution.items % SLICE_ITEMS === 0 ? giveWay(execution.began) : undefined;
}

function object(
  type: GraphQLObjectType,
  value: unknown,
  path: Path,
  field: FieldPlan,
  execution: Execution,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  let selection = field.below.get(type);
  if (selection === undefined) {
    selection = selectionOf(type, selectionSets(field.nodes), execution.plan);
    field.below.set(type, selection);
  }
  return executeFields(selection, value, path, execution);
}

function runtimeType(
  name: unknown,
  type: GraphQLAbstractType,
  { nodes, parent, definition }: FieldPlan,
  { plan: { schema } }: Execution,
): GraphQLObjectType {
  const fault = (message: string) => new GraphQLError(message, { nodes });
  if (typeof name !== 'string') {
    throw fault(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${parent.name}.${definition.name}".`,
    );
  }
  const found = schema.getType(name);
  if (isObjectType(found) && schema.isSubType(type, found)) return found;
  throw fault(`Runtime Object type "${name}" is not a possible type for "${type.name}".`);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
