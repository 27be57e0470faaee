/**
 * How many objects an operation may return. What is known from the document alone is summed once per document; only
 * page sizes that come from variables are put in per request. (Libraries that do this walk the document every time,
 * and spread fragments out one by one.)
 */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';
import { PLAIN_LIST_SIZE } from './limits.ts';

/** A sum: what is fixed, and what is multiplied by page sizes that are not known yet. */
export interface OperationCost {
  readonly fixed: number;
  readonly varying: readonly { size: PageSize; each: OperationCost }[];
}

type Variables = Readonly<Record<string, unknown>>;
/** How long lists are of which only the firm's data tell, by the name that a field's `listSize` gives them. */
export type ListSizes = Readonly<Record<string, number>>;
type PageSize = (variables: Variables, lists: ListSizes) => number;

const free: OperationCost = { fixed: 0, varying: [] };

/** The number of objects, once the variables are known. Lists whose sizes are not known yet count PLAIN_LIST_SIZE. */
export function costOf(cost: OperationCost, variables: Variables, lists: ListSizes = {}): number {
  let sum = cost.fixed;
  for (const { size, each } of cost.varying) sum += size(variables, lists) * costOf(each, variables, lists);
  return sum;
}

/** A summed operation, and whether its sum depends on the sizes of lists. */
export type Summed = OperationCost & { readonly needsListSizes: boolean };

/** Sums up a valid operation. */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Summed {
  const root = schema.getRootType(operation.operation);
  const summing = new Summing(schema, document, operation);
  const cost = root ? summing.selection(operation.selectionSet, root, undefined) : free;
  return { ...cost, needsListSizes: summing.needsListSizes };
}

class Summing {
  needsListSizes = false;
  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #spreads = new Map<string, OperationCost>();
  readonly #defaults = new Map<string, unknown>();

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
    for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
      if (defaultValue?.kind === Kind.INT) this.#defaults.set(variable.name.value, Number(defaultValue.value));
    }
  }

  /** `page` is the size of the connection whose own fields these are. */
  selection(set: SelectionSetNode, type: GraphQLNamedType, page: number | PageSize | undefined): OperationCost {
    return sum(
      set.selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return this.#field(selection, type, page);
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const { typeCondition, selectionSet } = selection;
          return this.selection(selectionSet, this.#typeOf(typeCondition?.name.value, type), page);
        }
        const fragment = this.#fragments.get(selection.name.value);
        return fragment === undefined ? free : this.#spread(fragment, type, page);
      }),
    );
  }

  /** The same fragment at the same page size is summed once, however often it is spread. */
  #spread(
    fragment: FragmentDefinitionNode,
    type: GraphQLNamedType,
    page: number | PageSize | undefined,
  ): OperationCost {
    const on = this.#typeOf(fragment.typeCondition.name.value, type);
    if (page !== undefined) return this.selection(fragment.selectionSet, on, page);
    const name = fragment.name.value;
    const known = this.#spreads.get(name) ?? this.selection(fragment.selectionSet, on, page);
    this.#spreads.set(name, known);
    return known;
  }

  #field(node: FieldNode, parent: GraphQLNamedType, page: number | PageSize | undefined): OperationCost {
    const field = this.#definitionOf(node.name.value, parent);
    if (field === undefined || node.selectionSet === undefined) return free;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return free;

    if (isConnection(field, type)) {
      const size = this.#pageSize(node.arguments ?? []);
      return sum([{ fixed: 1, varying: [] }, this.selection(node.selectionSet, type, size)]);
    }
    // An edge stands for its node, which is counted below it.
    const own = { fixed: type.name.endsWith('Edge') ? 0 : 1, varying: [] };
    const each = sum([own, this.selection(node.selectionSet, type, undefined)]);
    if (!isListType(getNullableType(field.type))) return each;
    return times(page ?? this.#listSize(field, node.arguments ?? []), each);
  }

  /** Of a list that is no connection. One that is asked for by a list of keys has as many items as there are keys. */
  #listSize({ args, extensions }: GraphQLField<unknown, unknown>, given: readonly ArgumentNode[]): number | PageSize {
    const listSize = extensions.record?.listSize;
    if (typeof listSize === 'number') return listSize;
    if (listSize !== undefined) {
      this.needsListSizes = true;
      return (_, lists) => lists[listSize] ?? PLAIN_LIST_SIZE;
    }
    const keys = args.find(({ type }) => isListType(getNullableType(type)))?.name;
    const value = keys === undefined ? undefined : given.find(({ name }) => name.value === keys)?.value;
    if (value === undefined) return PLAIN_LIST_SIZE;
    if (value.kind === Kind.LIST) return value.values.length;
    if (value.kind !== Kind.VARIABLE) return 1;
    const variable = value.name.value;
    return (variables) => {
      const keys = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      return Array.isArray(keys) ? keys.length : PLAIN_LIST_SIZE;
    };
  }

  #pageSize(args: readonly ArgumentNode[]): number | PageSize {
    const [first, last] = ['first', 'last'].map((name) => this.#given(args, name));
    if (typeof first === 'function' || typeof last === 'function') {
      return (variables: Variables) => clamp(settled(first, variables) ?? settled(last, variables));
    }
    return clamp(first ?? last);
  }

  /** The value of an argument, or how it follows from the variables. */
  #given(args: readonly ArgumentNode[], name: string): number | ((variables: Variables) => unknown) | undefined {
    const value = args.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return undefined;
    const variable = value.name.value;
    const byDefault = this.#defaults.get(variable);
    // A variable may be called like what every object has, such as `constructor`.
    return (variables) => (Object.hasOwn(variables, variable) ? variables[variable] : byDefault);
  }

  #definitionOf(name: string, parent: GraphQLNamedType): GraphQLField<unknown, unknown> | undefined {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  }

  #typeOf(name: string | undefined, otherwise: GraphQLNamedType): GraphQLNamedType {
    return (name === undefined ? undefined : this.#schema.getType(name)) ?? otherwise;
  }
}

function isConnection(field: GraphQLField<unknown, unknown>, type: GraphQLNamedType): boolean {
  return type.name.endsWith('Connection') || field.args.some(({ name }) => name === 'first' || name === 'last');
}

function settled(given: unknown, variables: Variables): unknown {
  return typeof given === 'function' ? given(variables) : given;
}

function clamp(size: unknown): number {
  return typeof size === 'number' ? Math.min(Math.max(size, 0), PAGE_MAX) : PAGE_DEFAULT;
}

function sum(costs: readonly OperationCost[]): OperationCost {
  const [only] = costs;
  if (costs.length === 1 && only !== undefined) return only;
  return {
    fixed: costs.reduce((total, cost) => total + cost.fixed, 0),
    varying: costs.flatMap((cost) => cost.varying),
  };
}

function times(size: number | PageSize, each: OperationCost): OperationCost {
  if (typeof size === 'function') return { fixed: 0, varying: [{ size, each }] };
  return {
    fixed: size * each.fixed,
    varying: each.varying.map((term) => ({ size: term.size, each: times(size, term.each) })),
  };
}
