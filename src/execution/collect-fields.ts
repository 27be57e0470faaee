/** Which fields a selection asks for: fragments spread, @skip and @include decided, one response key at a time. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  type SelectionSetNode,
} from 'graphql';

/** What collecting has to know of a document and its variables; GraphQLResolveInfo has it too. */
export interface CollectableDocument {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** The selection sets of fields that share a response key. */
export function selectionSets(nodes: readonly FieldNode[]): SelectionSetNode[] {
  return nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
}

/** The fields of an object type that the selection sets ask for, by response key (CollectFields). */
export function collectFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  document: CollectableDocument,
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<FragmentDefinitionNode>();
  for (const set of sets) collectInto(type, set, document, fields, visited);
  return fields;
}

function collectInto(
  type: GraphQLObjectType,
  set: SelectionSetNode,
  document: CollectableDocument,
  fields: Map<string, FieldNode[]>,
  visited: Set<FragmentDefinitionNode>,
): void {
  for (const selection of set.selections) {
    if (selection.directives?.length && !isIncluded(selection, document)) continue;
    if (selection.kind === 'Field') {
      const key = selection.alias?.value ?? selection.name.value;
      const known = fields.get(key);
      if (known) known.push(selection);
      else fields.set(key, [selection]);
      continue;
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : document.fragments[selection.name.value];
    if (!fragment) continue;
    if (fragment.kind === 'FragmentDefinition') {
      if (visited.has(fragment)) continue;
      visited.add(fragment);
    }
    const condition = fragment.typeCondition?.name.value;
    if (condition && !doesFragmentTypeApply(condition, type, document.schema)) continue;
    collectInto(type, fragment.selectionSet, document, fields, visited);
  }
}

function doesFragmentTypeApply(condition: string, type: GraphQLObjectType, schema: GraphQLSchema): boolean {
  if (condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && schema.isSubType(conditional, type);
}

function isIncluded(node: Parameters<typeof getDirectiveValues>[1], { variableValues }: CollectableDocument): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false;
}
