export { openPostgresTarget, raiseClock } from './migration-target.ts';
export { openPostgres } from './postgres.ts';
