/** The choke point of what a role may do: every root field passes here before anything is read or written. */
import {
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { DomainError, type FieldError, Forbidden } from '../base/errors.ts';
import { giveWay } from '../base/give-way.ts';
import { type Definitions, definitionsOf } from '../custom-values/definitions.ts';
import { collectFields, selectionSets } from '../execution/index.ts';
import type { RootField } from '../pothos/index.ts';
import { sameViewer, ViewerChanged } from '../session/session.ts';
import { mayActAs, type Role, type Viewer } from '../session/viewer.ts';
import type { Context } from './context.ts';
import { checkPayload } from './selection.ts';

/** Puts the checks before the resolver of a root field: the plugin does so with each (`records.guard`). */
export function guard(
  { name, writes, access = writes ? 'WRITER' : 'READER' }: RootField<Role>,
  resolve: GraphQLFieldResolver<unknown, Context>,
): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) =>
    asConfirmed(context, async (viewer) => {
      const { meter } = context.database;
      // Each may have much to work out, such as a filter, before it waits for the database.
      const turn = giveWay(meter.since);
      if (turn) await turn;
      // Nobody waits for it any more, or nothing more may be read. What is to be written is written.
      if (!writes) meter.check();
      const { role } = viewer;
      if (!mayActAs(role, access)) {
        throw new Forbidden(`${name} needs the role ${access}; this token has ${role}.`);
      }
      if (role === 'CONTACT') checkPortal(args, info);
      const known = definitionsOf(context.database, viewer);
      const definitions = known instanceof Promise ? await known : known;
      if (context.viewer !== viewer) throw new ViewerChanged();
      context.definitions = definitions;
      context.checkCost?.(listSizes(definitions));
      if (writes) checkPayload(info, context);
      return resolve(source, args, context, info);
    });
}

/** How long the lists are that the firm's data decide, by the names that fields give them (`listSize`). */
function listSizes(definitions: Definitions): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(definitions).map(([entity, { length }]) => [entity, length]));
}

/**
 * Works a field out for the viewer as remembered, and once more when the viewer turns out to be another by now: in a
 * lesser role, say, or with newer custom fields. Nothing was written before that was known.
 */
async function asConfirmed(context: Context, work: (viewer: Viewer) => Promise<unknown>): Promise<unknown> {
  for (;;) {
    // Fields of a query are worked out at once, and one of them may be the first to find that the viewer has changed.
    const { viewer } = context;
    let outcome: { value: unknown } | { error: unknown };
    try {
      outcome = { value: await work(viewer) };
    } catch (error) {
      outcome = { error };
    }
    const now = context.database.confirmed ?? (await context.database.confirm());
    if (now === null) throw new DomainError('UNAUTHENTICATED', REVOKED);
    if (sameViewer(now, viewer)) {
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    }
    context.viewer = now;
    context.database.viewer = now;
  }
}

/** The error for a token that has been revoked. */
export const REVOKED = 'The token is unknown or revoked.';

/**
 * Throws Forbidden when a portal user asks, anywhere below the root field, for a field of a record that is not marked
 * `portal`: what is not shown on purpose is internal.
 */
function checkPortal(args: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo): void {
  const faults: FieldError[] = [];
  // Whoever could look its record up by what it may not read could find that out by trying.
  for (const key of Object.keys(Object(args.by))) {
    const message = `${info.fieldName} by ${key} is not for portal users`;
    if (key !== 'id') faults.push({ path: ['by', key], code: 'FORBIDDEN', message });
  }
  const sets = selectionSets(info.fieldNodes);
  for (const type of objectTypes(info.returnType, info)) findInternal(type, sets, [info.path.key], info, faults);
  if (faults.length > 0) throw new Forbidden('A portal user may not read these fields.', faults);
}

function findInternal(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  path: readonly (string | number)[],
  info: GraphQLResolveInfo,
  faults: FieldError[],
): void {
  for (const [key, nodes] of collectFields(type, sets, info)) {
    const field = type.getFields()[nodes[0]?.name.value ?? ''];
    if (!field) continue; // __typename
    const at = [...path, key];
    if (type.extensions.record && field.name !== 'id' && field.extensions.record?.portal !== true) {
      faults.push({ path: at, code: 'FORBIDDEN', message: `${type.name}.${field.name} is not for portal users` });
      continue;
    }
    for (const inner of objectTypes(field.type, info)) findInternal(inner, selectionSets(nodes), at, info, faults);
  }
}

/** The types of the objects that a field of the type may answer. */
function objectTypes(type: GraphQLOutputType, { schema }: GraphQLResolveInfo): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}
