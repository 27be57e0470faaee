/** Handling of field errors, as the specification has it. */
import { type GraphQLError, locatedError, responsePathAsArray } from 'graphql';
import type { Execution, FieldPlan, Path } from './operation.ts';

/** An error of a field or an item: it becomes null where it may be, else it is the error of what is around it. */
export function handleFieldError(
  error: unknown,
  nullable: boolean,
  path: Path,
  field: FieldPlan,
  execution: Execution,
): null {
  // It is the root field that fails.
  if (execution.refusal !== undefined && error === execution.refusal && path.prev !== undefined) throw error;
  const located = locatedError(error, field.nodes, responsePathAsArray(path));
  if (!nullable) throw located;
  addError(execution, located, path);
  return null;
}

/** Keeps the error, unless what is around its place is null already. */
export function addError({ errors, nullPaths }: Execution, error: GraphQLError, path: Path | undefined): void {
  for (let above = path; above !== undefined; above = above.prev) if (nullPaths.has(above)) return;
  if (nullPaths.has(undefined)) return;
  nullPaths.add(path);
  errors.push(error);
}
