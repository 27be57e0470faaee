/** ExecuteSelectionSet and ExecuteField: each field of a selection is resolved, and its value completed. */
import { defaultFieldResolver, type FieldNode, getArgumentValues } from 'graphql';
import { handleFieldError } from './field-error.ts';
import type { Execution, FieldPlan, Path, SelectionPlan, Values } from './operation.ts';
import { isPromise } from './promise.ts';
import { resolveInfoOf } from './resolve-info.ts';
import { countBytes, countLeafValue } from './response-size.ts';

/** ExecuteSelectionSet, one field after the other: for the root of a mutation. */
export async function executeSelectionSetSerially(
  { fields, hasProtoKey }: SelectionPlan,
  source: unknown,
  execution: Execution,
) {
  const results: Record<string, unknown> = hasProtoKey ? Object.create(null) : {};
  for (const field of fields) results[field.key] = await executeField(field, source, undefined, execution);
  return results;
}

/** ExecuteSelectionSet. */
export function executeSelectionSet(
  { fields, hasProtoKey, bytes }: SelectionPlan,
  source: unknown,
  path: Path | undefined,
  execution: Execution,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  // What the root is itself is in the document.
  if (path) countBytes(bytes, execution);
  const results: Record<string, unknown> = hasProtoKey ? Object.create(null) : {};
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

/** ExecuteField. */
function executeField(field: FieldPlan, source: unknown, above: Path | undefined, execution: Execution): unknown {
  let path: Path | undefined;
  try {
    const { fromSource } = field;
    if (fromSource !== undefined) {
      const value = fromSource(source);
      if (value !== undefined || !field.mayNotTell) {
        // Most fields are these.
        if (field.completeLeafValue && !isPromise(value)) {
          return countLeafValue(field.completeLeafValue(value, field), execution);
        }
        path = pathOf(field, above);
        return completeField(field, value, path, execution);
      }
    }
    path = pathOf(field, above);
    return completeField(field, resolveFieldValue(field, source, path, execution), path, execution);
  } catch (error) {
    return handleFieldError(error, field.nullable, path ?? pathOf(field, above), field, execution);
  }
}

/** ResolveFieldValue. */
function resolveFieldValue(field: FieldPlan, source: unknown, path: Path, execution: Execution): unknown {
  const args = field.args ?? coerceArgumentValues(field, execution);
  const resolve = field.definition.resolve ?? defaultFieldResolver;
  return resolve(source, args, execution.context, resolveInfoOf(field, path, execution));
}

/** Completes what a resolver returned, which may be a promise. */
function completeField(field: FieldPlan, value: unknown, path: Path, execution: Execution): unknown {
  if (isPromise(value)) {
    return value
      .then((settled) => field.completeValue(settled, path, field, execution))
      .then(undefined, (error: unknown) => handleFieldError(error, field.nullable, path, field, execution));
  }
  if (field.completeLeafValue) return countLeafValue(field.completeLeafValue(value, field), execution);
  const complete = field.completeValue(value, path, field, execution);
  if (!isPromise(complete)) return complete;
  return complete.then(undefined, (error: unknown) => handleFieldError(error, field.nullable, path, field, execution));
}

/** CoerceArgumentValues. */
function coerceArgumentValues(field: FieldPlan, { variables }: Execution): Values {
  return getArgumentValues(field.definition, nodeOf(field), variables);
}

function nodeOf({ nodes: [node] }: FieldPlan): FieldNode {
  if (!node) throw new Error('A field without a node');
  return node;
}

function pathOf({ key, parent }: FieldPlan, above: Path | undefined): Path {
  return { prev: above, key, typename: parent.name };
}
