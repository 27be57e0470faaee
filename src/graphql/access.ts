/** The choke point of what a role may do: every root field passes here before anything is read or written. */
import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { definitionsOf } from '../custom-fields/definitions.ts';
import { Forbidden } from '../errors.ts';
import { mayActAs, type Role } from '../firms/viewer.ts';
import type { Context } from './context.ts';

/** Puts the checks before each root field of the schema. A field's `extensions.access` names the smallest role. */
export function protect(schema: GraphQLSchema): GraphQLSchema {
  const roots = [
    [schema.getQueryType(), 'READER'],
    [schema.getMutationType(), 'WRITER'],
  ] as const;
  for (const [type, usual] of roots) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const needed = (field.extensions.access as Role | undefined) ?? usual;
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = async (source, args, context: Context, info) => {
        if (!mayActAs(context.viewer.role, needed)) {
          throw new Forbidden(`${field.name} needs the role ${needed}; this token has ${context.viewer.role}.`);
        }
        context.definitions = await definitionsOf(context.database, context.viewer);
        return resolve(source, args, context, info);
      };
    }
  }
  return schema;
}
