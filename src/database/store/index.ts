export {
  type Adapter,
  type ChangeEntry,
  ENTRIES_MAX,
  type TransactionConnection,
  type UpdateAll,
  type Write,
} from './adapter.ts';
export { connectionFailure, type Failure } from './failures.ts';
export { connectionOf, HAND_OVER, handOver } from './hand-over.ts';
export { type Migration, PATIENCE_MS, type Stage, type Target } from './migration-target.ts';
export {
  ForeignKeyViolation,
  tooManyEntries,
  UniqueViolation,
  understand,
  understandRead,
} from './violations.ts';
