/** The door of the executor: see README.md. */
export { type CollectableDocument, collectFields, selectionSets } from './collect-fields.ts';
export { createExecutor } from './execute.ts';
export type { Account } from './operation.ts';
export type { FieldExecution } from './resolution.ts';
