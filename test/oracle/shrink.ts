/** Reduces a document to a small one that still shows a difference. */
import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import type { Values } from './arguments.ts';
import { schema } from './schema.ts';

export interface Sent {
  text: string;
  variables: Values;
}

/** A change that simplifies a document. */
type Step = (document: DocumentNode) => DocumentNode;

/** The smallest document for which `shows` holds, as far as it is found in time. */
export async function shrunk(
  sent: Sent,
  shows: (smaller: Sent) => Promise<boolean>,
  milliseconds: number,
): Promise<Sent> {
  const until = Date.now() + milliseconds;
  let smallest = sent;
  for (let progress = true; progress; ) {
    progress = false;
    for (let index = 0; Date.now() < until; index++) {
      const steps = stepsFrom(parse(smallest.text));
      const step = steps[index];
      if (!step) break;
      const smaller = tidied(step(parse(smallest.text)), smallest.variables);
      if (!smaller || smaller.text === smallest.text || !(await shows(smaller))) continue;
      smallest = smaller;
      progress = true;
      // The step that followed is now at this index.
      index--;
    }
  }
  return smallest;
}

/** Removes unused variables and fragments; undefined when the document is invalid. */
export function tidied(document: DocumentNode, variables: Values): Sent | undefined {
  const used = new Set<string>();
  const spread = new Set<string>();
  const follow = (node: ASTNode) =>
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(name.value),
      FragmentSpread: ({ name }) => {
        if (spread.has(name.value)) return;
        spread.add(name.value);
        const fragment = document.definitions.find(
          (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name.value,
        );
        if (fragment) follow(fragment);
      },
    });
  for (const one of document.definitions) if (one.kind === Kind.OPERATION_DEFINITION) follow(one);
  const kept = visit(document, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
    FragmentDefinition: ({ name }) => (spread.has(name.value) ? undefined : null),
  });
  if (validate(schema, kept).length > 0) return undefined;
  const given = Object.entries(variables).filter(([name]) => used.has(name));
  return { text: print(kept), variables: Object.fromEntries(given) };
}

/** All possible steps; those that remove most come first. */
function stepsFrom(document: DocumentNode): Step[] {
  const steps: Step[] = [];
  const replacing = (old: ASTNode, by: ASTNode | null) => steps.push(replace(old, by));
  const later: (() => void)[] = [];
  visit(document, {
    SelectionSet: (set) => {
      if (set.selections.length > 1) for (const one of set.selections) replacing(one, null);
      for (const one of set.selections) {
        const inner = spreadOut(one, document);
        if (inner) later.push(() => replacing(set, withInstead(set, one, inner)));
      }
    },
    Field: (field) => {
      for (const argument of field.arguments ?? []) later.push(() => replacing(argument, null));
      if (field.alias) later.push(() => replacing(field, withoutAlias(field)));
      const only = field.selectionSet?.selections;
      if (only?.length === 1) later.push(() => replacing(field, only[0] ?? null));
    },
    Directive: (directive) => void later.push(() => replacing(directive, null)),
    ObjectField: (part) => void later.push(() => replacing(part, null)),
  });
  for (const add of later) add();
  return steps;
}

function replace(old: ASTNode, by: ASTNode | null): Step {
  const printed = print(old);
  const place = old.loc?.start;
  return (document) =>
    visit(document, {
      enter: (node) =>
        node.kind === old.kind && node.loc?.start === place && print(node) === printed ? by : undefined,
    });
}

const withoutAlias = ({ alias: _, ...field }: FieldNode): FieldNode => field;

const withInstead = (set: SelectionSetNode, one: SelectionNode, inner: SelectionSetNode): SelectionSetNode => ({
  ...set,
  selections: set.selections.flatMap((other) => (other === one ? inner.selections : [other])),
});

/** The selection set of a fragment or a spread. */
function spreadOut(selection: SelectionNode, document: DocumentNode): SelectionSetNode | undefined {
  if (selection.kind === Kind.FIELD) return undefined;
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet;
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value) return one.selectionSet;
  }
  return undefined;
}
