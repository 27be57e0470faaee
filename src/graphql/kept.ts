/** Keeps what was made of a selection for as long as its document is kept. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { makeRoom } from '../base/make-room.ts';
import { selectionSets } from '../execution/index.ts';
import type { Context } from './context.ts';

/** What was made of the selection of a field. The nodes of a field are one list for as long as its document is kept. */
interface Made {
  /** The variables that are used in it. */
  variables: readonly string[];
  /** By what was made, and by the values of those variables. */
  values: Map<string, unknown>;
}
const made = new WeakMap<readonly FieldNode[], Made>();

/** Most things kept of one selection, and characters of the variables they are kept under. */
const MADE_MAX = 20;
const VALUES_LENGTH_MAX = 1_000;

/**
 * Makes something of what `info`'s field selects, once: after that the very same is answered, so that what is kept of it
 * (its SQL, for one) can be found again. Portal users see less of the same selection, and are not that many.
 */
export function once<T>(what: string, info: GraphQLResolveInfo, { viewer }: Context, make: () => T): T {
  if (viewer.role === 'CONTACT') return make();
  let known = made.get(info.fieldNodes);
  if (known === undefined) {
    known = { variables: variablesBelow(info), values: new Map() };
    made.set(info.fieldNodes, known);
  }
  // One that was not given is not the same as null.
  const values = known.variables.map((name) => JSON.stringify(info.variableValues[name]) ?? 'none');
  const key = [what, ...values].join('\n');
  const { values: kept } = known;
  if (kept.has(key)) return kept.get(key) as T;
  const fresh = make();
  if (key.length > VALUES_LENGTH_MAX) return fresh;
  makeRoom(kept, MADE_MAX);
  kept.set(key, fresh);
  return fresh;
}

/** The variables in the selection of a field; not those in its own arguments. */
function variablesBelow({ fieldNodes, fragments }: GraphQLResolveInfo): string[] {
  const names = new Set<string>();
  const visited = new Set<FragmentDefinitionNode>();
  const look = (set: SelectionSetNode) =>
    visit(set, {
      Variable: ({ name }) => {
        names.add(name.value);
      },
      FragmentSpread: ({ name }) => {
        const fragment = fragments[name.value];
        if (!fragment || visited.has(fragment)) return;
        visited.add(fragment);
        look(fragment.selectionSet);
      },
    });
  selectionSets(fieldNodes).forEach(look);
  return [...names];
}
