/** Records in Pothos: import this before a builder is made with the plugin `records`. */
import './fields.ts';
import './plugin.ts';

export type { FieldFacts, FieldSource } from './facts.ts';
export { pageArgs } from './fields.ts';
export type { RecordFieldOptions, RootField } from './global.ts';
export { type Connection, limitFaults, type PageArgs, pageBounds, pageKey, pageLimit, writeCursor } from './pages.ts';
