/** What of an execution follows from the document alone: worked out once, and kept for as long as the document is. */
import {
  BREAK,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  isLeafType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { makeRoom } from '../base/make-room.ts';
import { collectFields, selectionSets } from './collect-fields.ts';
import { completeLeafValueOf, completeValueOf } from './complete-value.ts';
import type { FieldPlan, Fragments, OperationPlan, SelectionPlan, Values } from './operation.ts';
import { BRACES_BYTES, PUNCTUATION_BYTES, SHORT_BYTES } from './response-size.ts';

/** What is known of a document. */
export interface DocumentPlans {
  fragments: Fragments;
  /** The variables that decide a @skip or @include. */
  deciding: readonly string[];
  /** By operation, and by what those variables were. */
  plans: Map<OperationDefinitionNode, Map<string, OperationPlan>>;
}

/** Ways through the @skip and @include of an operation that are kept. */
const VARIANTS_MAX = 16;

/** What is to be known of a document before any of its operations is planned. */
export function planDocument(document: DocumentNode): DocumentPlans {
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

/** The plan of an operation for these variables. Throws where a @skip or @include at its root cannot be decided. */
export function planOperation(
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
  const plan: OperationPlan = {
    ...beginning,
    selection: planSelectionSet(root, [operation.selectionSet], beginning),
    planSubselection: (type, nodes) => planSelectionSet(type, selectionSets(nodes), beginning),
  };
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

function planSelectionSet(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  plan: Pick<OperationPlan, 'schema' | 'fragments' | 'variables'>,
): SelectionPlan {
  const { schema, fragments, variables } = plan;
  const selected = collectFields(type, sets, {
    schema,
    fragments,
    variableValues: variables,
  });
  const fields = [...selected].flatMap(([key, nodes]) => planField(schema, type, key, nodes) ?? []);
  let bytes = BRACES_BYTES;
  for (const { key, completeLeafValue } of fields)
    bytes += key.length + PUNCTUATION_BYTES + (completeLeafValue ? SHORT_BYTES : 0);
  return { fields, bytes, hasProtoKey: selected.has('__proto__') };
}

const NO_ARGS: Values = Object.freeze({});

function planField(
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
    fromSource: fromSourceOf(definition, parent),
    mayNotTell: definition.extensions.execution?.mayNotTell === true,
    args: constantArgs(schema, definition, node, parent),
    completeLeafValue: isLeafType(inner) ? completeLeafValueOf(inner, nullable) : undefined,
    completeValue: completeValueOf(definition.type),
    subselections: new Map(),
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

function fromSourceOf(
  { extensions, args, name }: GraphQLField<unknown, unknown>,
  parent: GraphQLObjectType,
): FieldPlan['fromSource'] {
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
