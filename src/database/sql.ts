/** Composing SQL from safe parts. The tag is the one inside Prisma, so that there is one in the tree. */
export { empty, join, raw, Sql, sqltag as sql } from '@prisma/client/runtime/client';

import { raw, type Sql } from '@prisma/client/runtime/client';

export type Provider = 'sqlite' | 'postgres';

/** A table, column or alias as both databases quote it. Only for names of ours: the model's, or made in this folder. */
export function name(identifier: string): Sql {
  return raw(`"${identifier}"`);
}
