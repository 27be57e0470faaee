/** Brings a database to the schema of this build. */
import { fileURLToPath } from 'node:url';
import { applyMigrations } from './migrations/index.ts';

/** Applies the migrations that the database does not have yet, and returns their names. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const provider = databaseUrl.startsWith('file:') ? 'sqlite' : 'postgres';
  // From src as from dist, the package's root is two folders up.
  const applied = await applyMigrations(
    databaseUrl,
    fileURLToPath(new URL(`../../prisma/${provider}/migrations`, import.meta.url)),
    refuseRetired,
  );
  if (provider === 'postgres') {
    const { raiseClock } = await import('./postgres/index.ts');
    await raiseClock(databaseUrl);
  }
  return applied;
}

/** The first migration of the layout that the present one replaced: there is no way from one to the other. */
const RETIRED = '20261121000000_init';

function refuseRetired(noted: readonly string[]): void {
  if (!noted.includes(RETIRED)) return;
  throw new Error(
    'The database has the layout of builds before 27 November 2026, which this build cannot read. Nothing in it was ' +
      'changed. Export its firms with the build that it was made by (`clientele export`), and import them into a new ' +
      'database with this one (`clientele import`): docs/operations.md says how.',
  );
}
