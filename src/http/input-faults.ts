/** Finds every value in variables or literals that does not fit its type, and says where it is. */
import {
  type ASTNode,
  coerceInputValue,
  type DocumentNode,
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
import { DomainError, type FieldError } from '../errors.ts';

type Path = readonly (string | number)[];

/** A megabyte of wrong values must not make ten of errors. */
const MOST_FAULTS = 250;

/** An enum of more values than this is for the schema to list, not for an error. */
const MOST_CHOICES = 20;

/** Every variable value that does not fit. Paths start with the argument in which the variable is used. */
export function faultsOfVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  values: Readonly<Record<string, unknown>>,
): FieldError[] {
  const faults: FieldError[] = [];
  const places = placesOfVariables(document);
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const place = places.get(name) ?? [name];
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;

    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      if (definition.defaultValue === undefined && isNonNullType(type)) {
        faults.push(fault(place, `A value of type "${type}" is required; none was given.`));
      }
      continue;
    }
    try {
      coerceInputValue(value, type, (path, _value, error) => {
        faults.push(...faultsOf(schema, error, [...place, ...path]));
        if (faults.length >= MOST_FAULTS) throw new EnoughFaults();
      });
    } catch (thrown) {
      if (!(thrown instanceof EnoughFaults)) throw thrown;
      return faults;
    }
  }
  return faults;
}

class EnoughFaults extends Error {}

/** The faults that the rules about values found in literals, with their places. */
export function faultsOfLiterals(
  schema: GraphQLSchema,
  document: DocumentNode,
  errors: readonly GraphQLError[],
): FieldError[] {
  const wanted = new Set(errors.flatMap((error) => error.nodes?.slice(0, 1) ?? []));
  const places = new Map<ASTNode, Path>();
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (wanted.has(node)) places.set(node, placeOf([...ancestors, parent, node]));
    },
  });
  return errors.flatMap((error) => {
    const node = error.nodes?.[0];
    const place = (node && places.get(node)) ?? [];
    // An unknown field is reported at itself, a missing one at the object that lacks it.
    return faultsOf(schema, error, place, node?.kind === Kind.OBJECT_FIELD);
  });
}

/** Where each variable is used first. */
function placesOfVariables(document: DocumentNode): Map<string, Path> {
  const places = new Map<string, Path>();
  visit(document, {
    Variable(node, _key, parent, _path, ancestors) {
      const isDefinition = parent !== undefined && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION;
      if (!isDefinition && !places.has(node.name.value)) {
        places.set(node.name.value, placeOf([...ancestors, parent, node]));
      }
    },
  });
  return places;
}

type Step = ASTNode | readonly ASTNode[] | undefined;

/** The way from the argument (or the variable's definition) down to the last of `steps`, which come from the top. */
function placeOf(steps: readonly Step[]): Path {
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
  const { message } = error;
  const named =
    /^Field "\w+" argument "(\w+)" of type .* is required/.exec(message)?.[1] ??
    /^Field "(?:\w+\.)?(\w+)" (?:of required type|is not defined)/.exec(message)?.[1];
  return [fault(named === undefined || placeIsWhole ? place : [...place, named], message + choices(schema, message))];
}

function fault(path: Path, message: string): FieldError {
  return { path, code: 'BAD_USER_INPUT', message };
}

/** What graphql-js leaves out when it finds fault with the value of an enum: the values there are. */
function choices(schema: GraphQLSchema, message: string): string {
  const name = /^Enum "(\w+)"/.exec(message)?.[1] ?? /"(\w+)" enum\b/.exec(message)?.[1];
  const type = name === undefined ? undefined : schema.getType(name);
  if (!isEnumType(type)) return '';
  const values = type.getValues().map((value) => value.name);
  return values.length > MOST_CHOICES ? '' : ` It is one of ${values.join(', ')}.`;
}
