/**
 * The systems whose own bodies are read and written: for each a table of its fields and ours. Adding one is adding a file
 * with its table, and a line here.
 */
import { anduin } from './anduin.ts';
import { assembly } from './assembly.ts';
import { clientsuccess } from './clientsuccess.ts';
import type { Mapping } from './mapping.ts';
import { proconvey } from './proconvey.ts';
import { trackops } from './trackops.ts';

export type { Item, Line, Mapping, NoPlace, Reading, Unmapped } from './mapping.ts';

/** A system, and how its records correspond to ours. */
export interface System extends Mapping {
  /** The same for the definitions of its custom fields, where its documents say what they are. */
  readonly definitions?: Mapping;
}

/** By the names that `from` takes. */
export const systems = { anduin, assembly, clientsuccess, trackops, proconvey } as const satisfies Readonly<
  Record<string, System>
>;

export type SystemName = keyof typeof systems;
