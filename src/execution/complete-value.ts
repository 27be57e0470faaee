/** CompleteValue: from what a resolver returned to what the response has. What depends on the type is decided beforehand. */
import {
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { giveWay, inTurns } from '../base/give-way.ts';
import { executeSelectionSet } from './execute-selection-set.ts';
import { handleFieldError } from './field-error.ts';
import type { CompleteValue, Execution, FieldPlan, Path } from './operation.ts';
import { isPromise } from './promise.ts';
import { resolveInfoOf } from './resolve-info.ts';
import { countBytes, countLeafValue, SHORT_BYTES } from './response-size.ts';

/** CompleteValue for a type. */
export function completeValueOf(type: GraphQLOutputType): CompleteValue {
  if (isNonNullType(type)) {
    const completeValue = completeValueOf(type.ofType);
    return (value, path, field, execution) => {
      const result = completeValue(value, path, field, execution);
      if (result === null) throw new Error(nullMessage(field));
      return result;
    };
  }
  if (isLeafType(type)) {
    const completeLeafValue = completeLeafValueOf(type, true);
    return (value, _path, field, execution) => {
      countBytes(SHORT_BYTES, execution);
      return countLeafValue(completeLeafValue(value, field), execution);
    };
  }
  if (isListType(type)) return completeListValueOf(type.ofType);
  if (isAbstractType(type)) {
    return (value, path, field, execution) => {
      if (value instanceof Error) throw value;
      if (value === null || value === undefined) return null;
      const info = resolveInfoOf(field, path, execution);
      const resolved = type.resolveType?.(value, execution.context, info, type);
      const complete = (name: unknown) =>
        completeObjectValue(resolveAbstractType(name, type, field, execution), value, path, field, execution);
      return isPromise(resolved) ? resolved.then(complete) : complete(resolved);
    };
  }
  return (value, path, field, execution) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : completeObjectValue(type, value, path, field, execution);
  };
}

function nullMessage({ parent, definition }: FieldPlan): string {
  return `Cannot return null for non-nullable field ${parent.name}.${definition.name}.`;
}

/** Whether serializing would give the very same. */
const IS_SERIALIZED = new Map<GraphQLLeafType, (value: unknown) => boolean>([
  [GraphQLString, (value) => typeof value === 'string'],
  [GraphQLID, (value) => typeof value === 'string'],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
]);

/** CompleteValue for a scalar or an enum, which needs no path. */
export function completeLeafValueOf(
  type: GraphQLLeafType,
  nullable: boolean,
): (value: unknown, field: FieldPlan) => unknown {
  const isSerialized = IS_SERIALIZED.get(type) ?? (() => false);
  return (value, field) => {
    if (isSerialized(value)) return value;
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (nullable) return null;
      throw new Error(nullMessage(field));
    }
    const serialized: unknown = type.serialize(value);
    if (serialized !== null && serialized !== undefined) return serialized;
    throw new Error(`A value of type ${type.name} was serialized as ${serialized}.`);
  };
}

/** CompleteValue for a list. */
function completeListValueOf(itemType: GraphQLOutputType): CompleteValue {
  const completeValue = completeValueOf(itemType);
  const nullable = !isNonNullType(itemType);
  const completeItem: CompleteValue = (item, at, field, execution) => {
    try {
      const result = isPromise(item)
        ? item.then((settled) => completeValue(settled, at, field, execution))
        : completeValue(item, at, field, execution);
      if (!isPromise(result)) return result;
      const caught = result.then(undefined, (error: unknown) =>
        handleFieldError(error, nullable, at, field, execution),
      );
      // It may fail in a turn of others, before the rest of the list is there and anybody looks at it.
      caught.catch(() => undefined);
      return caught;
    } catch (error) {
      return handleFieldError(error, nullable, at, field, execution);
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

/** Executes what is selected of an object. */
function completeObjectValue(
  type: GraphQLObjectType,
  value: unknown,
  path: Path,
  field: FieldPlan,
  execution: Execution,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  let selection = field.subselections.get(type);
  if (selection === undefined) {
    selection = execution.plan.planSubselection(type, field.nodes);
    field.subselections.set(type, selection);
  }
  return executeSelectionSet(selection, value, path, execution);
}

/** ResolveAbstractType, of what `resolveType` returned. */
function resolveAbstractType(
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

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
