/** Records in Pothos: import this before a builder is made with the plugin `records`. */
import './fields.ts';
import './global.ts';
import './plugin.ts';

export type { FieldFacts, FieldSource, RecordFieldOptions } from './facts.ts';
export { pageArgs } from './fields.ts';
export type { RootField } from './global.ts';
export { type Connection, limitFaults, type PageArgs, pageBounds, pageKey, pageLimit, writeCursor } from './pages.ts';
