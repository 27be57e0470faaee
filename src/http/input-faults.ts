/** Finds every value in variables or literals that does not fit its type, and says where it is. */
import {
  type ASTNode,
  coerceInputValue,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  isEnumType,
  isInputType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  visit,
} from 'graphql';
import { abridged, DomainError, FAULTS_MAX, type FieldError } from '../base/errors.ts';

type Path = readonly (string | number)[];

/** Where a value stands in an operation. */
interface Place {
  /** From the argument, or the variable's definition, down. */
  path: Path;
  /** The key in `data` of the root field around it. */
  alias: string | undefined;
}

/** An enum of more values than this is for the schema to list, not for an error. */
const MOST_CHOICES = 20;

/** Every variable value that does not fit, once for each place the variable is used at. Stops beyond FAULTS_MAX. */
export function faultsOfVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  values: Readonly<Record<string, unknown>>,
  { hideSuggestions }: { hideSuggestions: boolean },
): FieldError[] {
  const faults: FieldError[] = [];
  const places = placesOfVariables(document, operation);
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;

    const used = places.get(name) ?? [{ path: [name], alias: undefined }];
    const add = (found: readonly FieldError[]) => {
      for (const fault of found) for (const place of used) faults.push(faultAt(place, fault, name));
      if (faults.length > FAULTS_MAX) throw new EnoughFaults();
    };
    try {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value !== undefined) {
        const onError = (path: Path, _value: unknown, error: GraphQLError) => add(faultsOf(schema, error, path));
        coerceInputValue(value, type, onError, hideSuggestions);
      } else if (definition.defaultValue === undefined && isNonNullType(type)) {
        add([{ path: [], code: 'BAD_USER_INPUT', message: `A value of type "${type}" is required; none was given.` }]);
      }
    } catch (thrown) {
      if (!(thrown instanceof EnoughFaults)) throw thrown;
      return faults.slice(0, FAULTS_MAX + 1);
    }
  }
  return faults;
}

class EnoughFaults extends Error {}

/** The fault of a value, at a place where the value is used. */
function faultAt({ path, alias }: Place, fault: FieldError, variable?: string): FieldError {
  return {
    ...fault,
    path: [...path, ...fault.path],
    ...(variable !== undefined && { variable }),
    ...(alias !== undefined && { alias }),
  };
}

/** The faults that the rules about values found in literals, once for each place. */
export function faultsOfLiterals(
  schema: GraphQLSchema,
  document: DocumentNode,
  errors: readonly GraphQLError[],
): FieldError[] {
  const wanted = new Set(errors.flatMap((error) => error.nodes?.slice(0, 1) ?? []));
  const places = new Map<ASTNode, Place[]>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    eachPlace(document, definition, (node, place) => {
      if (wanted.has(node)) addPlace(places, node, place());
    });
  }
  return errors.flatMap((error) => {
    const node = error.nodes?.[0];
    // An unknown field is reported at itself, a missing one at the object that lacks it.
    const faults = faultsOf(schema, error, [], node?.kind === Kind.OBJECT_FIELD);
    const found = (node && places.get(node)) ?? [{ path: [], alias: undefined }];
    return faults.flatMap((fault) => found.map((place) => faultAt(place, fault)));
  });
}

/** Where each variable of the operation is used. */
function placesOfVariables(document: DocumentNode, operation: OperationDefinitionNode): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  eachPlace(document, operation, (node, place, parent) => {
    if (node.kind !== Kind.VARIABLE || parent?.kind === Kind.VARIABLE_DEFINITION) return;
    addPlace(places, node.name.value, place());
  });
  return places;
}

function addPlace<K>(places: Map<K, Place[]>, key: K, place: Place): void {
  const known = places.get(key) ?? [];
  const same = known.some(({ alias, path }) => alias === place.alias && path.join() === place.path.join());
  if (!same) places.set(key, [...known, place]);
}

type Step = ASTNode | readonly ASTNode[] | undefined;

/** Visits every node of the operation, with its fragments. A fragment is visited once below each root field. */
function eachPlace(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  onNode: (node: ASTNode, place: () => Place, parent: ASTNode | undefined) => void,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const visited = new Set<string>();
  const walk = (root: ASTNode, above: string | undefined) =>
    visit(root, {
      enter(node, _key, parent, _path, ancestors) {
        const steps: Step[] = [...ancestors, parent, node];
        const alias = () => above ?? keyOf(steps.find((step) => isNode(step) && step.kind === Kind.FIELD));
        onNode(node, () => ({ path: pathOf(steps), alias: alias() }), isNode(parent) ? parent : undefined);
        if (node.kind !== Kind.FRAGMENT_SPREAD) return;
        const fragment = fragments.get(node.name.value);
        const around = alias();
        const visit = `${around} ${node.name.value}`;
        if (!fragment || visited.has(visit)) return;
        visited.add(visit);
        walk(fragment, around);
      },
    });
  walk(operation, undefined);
}

/** The key of a field in `data`. */
function keyOf(field: Step): string | undefined {
  return isNode(field) && field.kind === Kind.FIELD ? (field.alias ?? field.name).value : undefined;
}

/** The way from the argument (or the variable's definition) down to the last of `steps`, which come from the top. */
function pathOf(steps: readonly Step[]): Path {
  const path: (string | number)[] = [];
  for (const [depth, step] of steps.entries()) {
    if (!isNode(step)) {
      // The array of a list literal's values: the next step is one of them.
      const owner = steps[depth - 1];
      const next = steps[depth + 1];
      if (step && isNode(owner) && owner.kind === Kind.LIST && isNode(next)) path.push(step.indexOf(next));
    } else if (step.kind === Kind.ARGUMENT || step.kind === Kind.OBJECT_FIELD) {
      path.push(step.name.value);
    } else if (step.kind === Kind.VARIABLE_DEFINITION) {
      path.push(step.variable.name.value);
    }
  }
  return path;
}

function isNode(step: Step): step is ASTNode {
  return step !== undefined && 'kind' in step;
}

function faultsOf(schema: GraphQLSchema, error: GraphQLError, place: Path, placeIsWhole = false): FieldError[] {
  const cause = error.originalError;
  // A scalar of ours may find several faults inside one value.
  if (cause instanceof DomainError && cause.fields.length > 0) {
    return cause.fields.map((field) => ({ ...field, path: [...place, ...field.path] }));
  }
  // Otherwise the name of a missing or unknown field is in the message alone.
  const message = abridged(error.message);
  const named =
    /^Field "\w+" argument "(\w+)" of type .* is required/.exec(message)?.[1] ??
    /^Field "(?:\w+\.)?(\w+)" of required type/.exec(message)?.[1] ??
    /^Field "(.*)" is not defined by type "\w+"\./s.exec(message)?.[1];
  const path = named === undefined || placeIsWhole ? place : [...place, named];
  return [{ path, code: 'BAD_USER_INPUT', message: message + choices(schema, message) }];
}

/** What graphql-js leaves out when it finds fault with the value of an enum: the values there are. */
function choices(schema: GraphQLSchema, message: string): string {
  const name = /^Enum "(\w+)"/.exec(message)?.[1] ?? /"(\w+)" enum\b/.exec(message)?.[1];
  const type = name === undefined ? undefined : schema.getType(name);
  if (!isEnumType(type)) return '';
  const values = type.getValues().map((value) => value.name);
  return values.length > MOST_CHOICES ? '' : ` It is one of ${values.join(', ')}.`;
}
