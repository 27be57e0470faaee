/** The GraphQLResolveInfo of a resolver call. */
import type { GraphQLResolveInfo } from 'graphql';
import type { Execution, FieldPlan, Path } from './operation.ts';

export function resolveInfoOf(
  field: FieldPlan,
  path: Path,
  { plan, rootValue, variables }: Execution,
): GraphQLResolveInfo {
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
    variableValues: variables,
  };
}
