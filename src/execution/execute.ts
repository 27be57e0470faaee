/** ExecuteRequest: from a document and its variables to data and errors. */
import {
  assertValidSchema,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { executeSelectionSet, executeSelectionSetSerially } from './execute-selection-set.ts';
import { addError } from './field-error.ts';
import type { Account, Execution, Path } from './operation.ts';
import { type DocumentPlans, planDocument, planOperation } from './plan.ts';
import { isPromise } from './promise.ts';
import { PORTION } from './response-size.ts';

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
      plans = planDocument(document);
      known.set(document, plans);
    }
    const operation = getOperation(document, operationName);
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
      nullPaths: new Set<Path>(),
      began: performance.now(),
      items: 0,
      account: accountOf(contextValue),
      allowance: PORTION,
      refusal: undefined,
    };
    try {
      const plan = planOperation(schema, plans, operation, coerced);
      return executeOperation({ ...execution, plan });
    } catch (error) {
      // A @skip or @include at the root that cannot be decided.
      return { errors: [error as GraphQLError], data: null };
    }
  };
}

/**
 * One fault is enough to refuse the operation; who wants to name the others can look for them. Each error that graphql-js
 * makes prints the whole object around the fault, which may be a megabyte.
 */
const COERCION = { maxErrors: 1, hideSuggestions: true };

/** GetOperation. */
function getOperation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | GraphQLError {
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

/** ExecuteQuery and ExecuteMutation. */
function executeOperation(execution: Execution): ExecutionResult | Promise<ExecutionResult> {
  const { plan, rootValue } = execution;
  const failed = (error: unknown): ExecutionResult => {
    addError(execution, error as GraphQLError, undefined);
    return responseOf(null, execution);
  };
  try {
    const data =
      plan.operation.operation === 'mutation'
        ? executeSelectionSetSerially(plan.selection, rootValue, execution)
        : executeSelectionSet(plan.selection, rootValue, undefined, execution);
    if (!isPromise(data)) return responseOf(data, execution);
    return Promise.resolve(data).then((settled) => responseOf(settled as Record<string, unknown>, execution), failed);
  } catch (error) {
    return failed(error);
  }
}

function responseOf(data: Record<string, unknown> | null, { errors }: Execution): ExecutionResult {
  return errors.length === 0 ? { data } : { errors, data };
}
