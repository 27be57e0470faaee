export { copySqlite } from './copy.ts';
export { openSqliteTarget } from './migration-target.ts';
export { openSqlite } from './sqlite.ts';
