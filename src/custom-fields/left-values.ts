/** The index rows of custom fields that are gone. Nothing looks them up, so they can go bit by bit. */
import { DomainError } from '../base/errors.ts';
import type { Database } from '../database/client.ts';

/** Rows removed in one commit: on SQLite, others wait as long as that takes. */
const BATCH = 500;

/** Removes them from the firm. Where that is cut off, the deletion of another field goes on with what is left. */
export async function removeLeftValues(database: Database, firmId: number): Promise<void> {
  try {
    for (
      let field = await leftField(database, firmId);
      field !== undefined;
      field = await leftField(database, firmId)
    ) {
      const where = { firmId, field };
      // When somebody else is at it, there is nothing to insist on.
      if ((await database.$commit([{ kind: 'deleteAll', model: 'IndexedValue', where, most: BATCH }])) === 'stale')
        return;
    }
  } catch (error) {
    // The database is away, or slow. The field is gone all the same, which is what was asked for.
    if (!(error instanceof DomainError)) throw error;
  }
}

/** The number of a field that has rows and is gone. */
function leftField(database: Database, firmId: number): Promise<number | undefined> {
  const owner = { model: 'CustomField', column: 'number' } as const;
  // What every record has, such as tags, has negative numbers (records/indexed.ts).
  return database.$read({ is: 'unowned', model: 'IndexedValue', column: 'field', firmId, above: 0, owner });
}
