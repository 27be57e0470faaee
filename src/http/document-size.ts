/** How deep and how large the operations of a document are, found in one walk that stops at the first limit it meets. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { LIMITS } from './limits.ts';

/**
 * Says which limit the document breaks, or undefined. Fragments must be known not to form cycles.
 *
 * Fields are counted as execution merges them, fragments spread out: that is the work they cause, in validation
 * (whose check of overlapping fields compares all that share a place) as in execution. Since the walk stops once
 * `fields` is reached, fragments that double at every level cost no more than any others.
 */
export function excessOf(document: DocumentNode): string | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const seen = { selections: 0, aliases: 0, directives: 0 };

  /** Adds the fields of `selections` to `places`, by the key they have in the answer. */
  const collect = (
    selections: readonly SelectionNode[],
    places: Map<string, SelectionSetNode[]>,
  ): string | undefined => {
    for (const selection of selections) {
      seen.selections += 1;
      seen.directives += selection.directives?.length ?? 0;
      if (seen.selections > LIMITS.fields.value) return over('fields', 'fields');
      if (seen.directives > LIMITS.directives.value) return over('directives', 'directives');
      if (selection.kind === Kind.FIELD) {
        if (selection.alias !== undefined) seen.aliases += 1;
        if (seen.aliases > LIMITS.aliases.value) return over('aliases', 'aliases');
        const key = selection.alias?.value ?? selection.name.value;
        const place = places.get(key) ?? [];
        places.set(key, place);
        place.push(selection.selectionSet ?? leaf);
        if (place.length > LIMITS.repeats.value) return over('repeats', `selections of "${key}" at the same place`);
      } else {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const excess = inner && collect(inner.selectionSet.selections, places);
        if (excess !== undefined) return excess;
      }
    }
    return undefined;
  };

  const measure = (sets: readonly SelectionSetNode[], depth: number): string | undefined => {
    if (depth > LIMITS.depth.value) return over('depth', 'levels of fields');
    const places = new Map<string, SelectionSetNode[]>();
    for (const set of sets) {
      const excess = collect(set.selections, places);
      if (excess !== undefined) return excess;
    }
    for (const [key, inner] of places) {
      const filled = inner.filter((set) => set !== leaf);
      if (filled.length === 0) continue;
      // graphql-js has a rule of its own for how deep introspection may go.
      const excess = measure(filled, key === '__schema' || key === '__type' ? Number.NEGATIVE_INFINITY : depth + 1);
      if (excess !== undefined) return excess;
    }
    return undefined;
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const excess = measure([definition.selectionSet], 1);
    if (excess !== undefined) return excess;
  }
  return undefined;
}

const leaf: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };

function over(limit: keyof typeof LIMITS, what: string): string {
  return `The document has more than ${LIMITS[limit].value} ${what}.`;
}
