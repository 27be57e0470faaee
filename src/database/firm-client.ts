/**
 * Prisma's client as one firm may use it. Whatever is asked is narrowed to rows of the firm that are not deleted, nested
 * lists and filters too, and what is written is stamped with the firm. What cannot be narrowed is refused. This guards
 * against mistakes, and not against code that means harm: that runs in the same process.
 */
import { makeRoom } from '../base/make-room.ts';
import type { Db } from './client.ts';
import { internalsOf } from './prisma-internals.ts';
import { columnsOf, type ModelName, relationsOf } from './sql/index.ts';
import { HAND_OVER } from './store/index.ts';
import { withNumbers } from './text-ids.ts';

/** Arguments of Prisma's, as an extension is given them. */
type Args = Readonly<Record<string, unknown>>;

/** Whose rows a client sees. */
export interface Scope {
  firmId: number;
  /** What is the same for one scope: clients are kept by it. */
  key: string;
  /** What else must hold for the rows of a model; undefined where nothing must. */
  narrow?: (model: ModelName) => Args | undefined;
  /** Why a model may not be written; undefined where it may. */
  refusal: (model: ModelName, operation: string) => string | undefined;
}

/** An operation that the client of a firm does not have. */
export class OutOfScope extends Error {
  override readonly name = 'OutOfScope';
}

/** The client of a firm. */
export type FirmClient = ReturnType<typeof scoped>;

/** Clients that are kept. */
const CLIENTS_MAX = 200;
const kept = new WeakMap<object, Map<string, FirmClient>>();

/** The client of a scope: made anew where it is not one of those used last. */
export function firmClient(db: Db, scope: Scope): FirmClient {
  const clients = kept.get(db.$identity) ?? new Map<string, FirmClient>();
  kept.set(db.$identity, clients);
  const known = clients.get(scope.key);
  if (known) return known;
  const client = scoped(db, scope);
  makeRoom(clients, CLIENTS_MAX);
  clients.set(scope.key, client);
  return client;
}

const refuse = (message: string): never => {
  throw new OutOfScope(message);
};

/** What the client of a firm has not: it would reach all rows of all firms, or close the database of everybody. */
const WITHHELD = {
  $read: () => refuse('$read is not scoped to a firm; use the typed calls.'),
  $commit: () => refuse('$commit is not scoped to a firm; use context.records.'),
  $adapter: undefined,
  $identity: undefined,
  $version: undefined,
  $check: undefined,
  $close: undefined,
} as const;

function scoped(db: Db, scope: Scope) {
  return db.$extends({
    name: 'firm',
    client: WITHHELD,
    query: {
      $allOperations({ model, operation, args, query }) {
        if (model) return query(new Rewriting(scope, operation).args(model as ModelName, args as Args) as typeof args);
        // How a transaction is joined (hand-over.ts).
        if (Array.isArray(args) && args[0] === HAND_OVER) return query(args);
        return refuse(`${operation} is not scoped to a firm; use the typed calls.`);
      },
    },
  });
}

/** The client of a firm for one request. `beforeWrite` is told whether the write is a part of a transaction. */
export function guarded(client: FirmClient, beforeWrite: (inTransaction: boolean) => Promise<void>) {
  return client.$extends({
    name: 'request',
    query: {
      $allModels: {
        async $allOperations({ operation, args, query, ...internal }) {
          if (isWrite(operation)) await beforeWrite(internalsOf(internal).transaction !== undefined);
          return query(args);
        },
      },
    },
  });
}

/** Operations that take a filter, and those that take a unique key. */
const FILTERED = new Set([
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
  'updateMany',
  'updateManyAndReturn',
  'deleteMany',
]);
const KEYED = new Set(['findUnique', 'findUniqueOrThrow', 'update', 'delete', 'upsert']);
const CREATING = new Set(['create', 'createMany', 'createManyAndReturn']);

/** Whether an operation of a model writes. */
export function isWrite(operation: string): boolean {
  return /^(?:create|update|delete|upsert)/.test(operation);
}

/** How the arguments of one operation are put in scope. */
class Rewriting {
  readonly #scope: Scope;
  readonly #operation: string;

  constructor(scope: Scope, operation: string) {
    this.#scope = scope;
    this.#operation = operation;
  }

  args(model: ModelName, args: Args = {}): Args {
    const operation = this.#operation;
    if (!FILTERED.has(operation) && !KEYED.has(operation) && !CREATING.has(operation)) {
      return refuse(`${model}.${operation} is not known to be scoped to a firm.`);
    }
    this.#own(model);
    if (isWrite(operation)) this.#refuseWrite(model, operation);
    const { where, data, create, update, include, select, cursor, orderBy, ...others } = args;
    if (operation === 'upsert' && columnsOf(model).deletedAt) {
      refuse(`${model}.upsert would do nothing to a row that is deleted; find it, then create or update.`);
    }
    return {
      ...others,
      ...(FILTERED.has(operation) && { where: this.#among(model, where) }),
      ...(KEYED.has(operation) && { where: this.#byKey(model, where as Args) }),
      ...(data !== undefined && { data: this.#data(model, data) }),
      ...(create !== undefined && { create: this.#stamped(model, create as Args) }),
      ...(update !== undefined && { update: this.#values(model, update as Args) }),
      ...(cursor !== undefined && { cursor: this.#inFirm(cursor as Args) }),
      ...(orderBy !== undefined && { orderBy: this.#order(model, orderBy) }),
      ...this.#selection(model, { include, select }),
    };
  }

  /** What holds for all rows of a model that may be seen. */
  #own(model: ModelName): Args {
    const { firmId, narrow } = this.#scope;
    const columns = columnsOf(model);
    const further = narrow && (withNumbers(model, narrow(model)) as Args | undefined);
    if (model === 'Firm') return { id: firmId, ...(further && { AND: [further] }) };
    if (!columns.firmId) return refuse(`${model} is of no firm.`);
    return { firmId, ...(columns.deletedAt && { deletedAt: null }), ...(further && { AND: [further] }) };
  }

  /** Rows that meet a filter, in scope: whatever it is, alternatives too. */
  #among(model: ModelName, where: unknown): Args {
    const own = this.#own(model);
    return where === undefined ? own : { AND: [this.#filter(model, where as Args), own] };
  }

  /** A unique key in scope. What is flat beside the key keeps Prisma's batching of many look-ups. */
  #byKey(model: ModelName, where: Args = {}): Args {
    const { AND: further = [], ...own } = this.#own(model) as { AND?: readonly Args[] };
    const { AND: theirs, ...key } = this.#inFirm(this.#filter(model, where));
    const and = [...[theirs ?? []].flat(), ...further];
    return { ...key, ...own, ...(and.length > 0 && { AND: and }) };
  }

  /** The same with the firm in compound keys. */
  #inFirm(where: Args): Args {
    const { firmId } = this.#scope;
    return mapValues(where, (value, name) =>
      name.startsWith('firmId_') && isArgs(value) ? { ...value, firmId } : value,
    );
  }

  /** A filter whose conditions on related rows count only those in scope. */
  #filter(model: ModelName, where: Args): Args {
    return mapValues(where, (value, name) => {
      if (value === undefined || value === null) return value;
      if (name === 'AND' || name === 'OR' || name === 'NOT') {
        return Array.isArray(value)
          ? value.map((each) => this.#filter(model, each))
          : this.#filter(model, value as Args);
      }
      const relation = relationsOf(model)[name];
      if (!relation) return value;
      const inner = relation.model;
      if (!relation.list) {
        const { is, isNot } = value as Args;
        if (is === undefined && isNot === undefined) return this.#filter(inner, value as Args);
        return mapValues(value as Args, (each) => (isArgs(each) ? this.#filter(inner, each) : each));
      }
      const { some, none, every } = value as { [quantifier: string]: Args | undefined };
      return {
        ...(some !== undefined && { some: this.#among(inner, some) }),
        ...(none !== undefined && { none: this.#among(inner, none) }),
        ...(every !== undefined && { every: { OR: [{ NOT: this.#own(inner) }, this.#filter(inner, every)] } }),
      };
    });
  }

  /** What is selected of rows. Related lists hold only rows in scope; a single related row has a firm, but may be deleted. */
  #selection(model: ModelName, { include, select }: { include?: unknown; select?: unknown }): Args {
    return {
      ...(isArgs(include) && { include: this.#selected(model, include) }),
      ...(isArgs(select) && { select: this.#selected(model, select) }),
    };
  }

  #selected(model: ModelName, selected: Args): Args {
    return mapValues(selected, (value, name) => {
      if (!value) return value;
      if (name === '_count') return this.#counted(model, value);
      const relation = relationsOf(model)[name];
      if (!relation) return value;
      const { where, include, select, orderBy, cursor, ...others } = isArgs(value) ? value : {};
      return {
        ...others,
        ...(relation.list && { where: this.#among(relation.model, where) }),
        ...(cursor !== undefined && { cursor: this.#inFirm(cursor as Args) }),
        ...(orderBy !== undefined && { orderBy: this.#order(relation.model, orderBy) }),
        ...this.#selection(relation.model, { include, select }),
      };
    });
  }

  /** `_count` of related lists. */
  #counted(model: ModelName, value: unknown): Args {
    const relations = relationsOf(model);
    const all = () =>
      Object.fromEntries(Object.entries(relations).flatMap(([name, each]) => (each?.list ? [[name, true]] : [])));
    const wanted = isArgs(value) && isArgs(value.select) ? value.select : all();
    const select = mapValues(wanted, (each, name) => {
      const relation = relations[name];
      if (!each || !relation) return each;
      return { where: this.#among(relation.model, isArgs(each) ? each.where : undefined) };
    });
    return { select };
  }

  /** An order. One by the number of related rows would count those that are out of scope. */
  #order(model: ModelName, orderBy: unknown): unknown {
    if (Array.isArray(orderBy)) return orderBy.map((each) => this.#order(model, each));
    if (!isArgs(orderBy)) return orderBy;
    return mapValues(orderBy, (value, name) => {
      const relation = relationsOf(model)[name];
      if (!relation) return value;
      if (!relation.list) return this.#order(relation.model, value);
      if (!columnsOf(relation.model).deletedAt && !this.#scope.narrow) return value;
      return refuse(`${model} is not ordered by the number of its ${name}: deleted ones would count.`);
    });
  }

  #refuseWrite(model: ModelName, operation: string): void {
    const refusal = this.#scope.refusal(model, operation);
    if (refusal) refuse(refusal);
  }

  #data(model: ModelName, data: unknown): unknown {
    const put = (each: Args) =>
      CREATING.has(this.#operation) ? this.#stamped(model, each) : this.#values(model, each);
    return Array.isArray(data) ? data.map(put) : put(data as Args);
  }

  /** The values of a new row, which is of the firm. */
  #stamped(model: ModelName, data: Args): Args {
    return { ...this.#values(model, data), firmId: this.#scope.firmId };
  }

  /** Values to be written. Of related rows, only new ones may be written with a row. */
  #values(model: ModelName, data: Args): Args {
    const { firmId } = data;
    if (firmId !== undefined && firmId !== this.#scope.firmId) refuse(`${model} keeps its firm.`);
    return mapValues(data, (value, name) => {
      const relation = relationsOf(model)[name];
      if (!relation || value === undefined) return value;
      const inner = relation.model;
      for (const operation of Object.keys(value as Args)) {
        if (!relation.list)
          refuse(
            `${model}.${name} is set by its column${relation.from.length > 1 ? 's' : ''} ${relation.from.join(', ')}.`,
          );
        if (operation !== 'create' && operation !== 'createMany') {
          refuse(`${model}.${name} cannot be written with ${operation}; write ${inner} by itself.`);
        }
        this.#refuseWrite(inner, operation);
      }
      const { create, createMany } = value as { create?: Args | Args[]; createMany?: Args };
      // These take the firm from the row that they belong to.
      const each = (rows: Args | Args[]) =>
        Array.isArray(rows) ? rows.map((row) => this.#values(inner, row)) : this.#values(inner, rows);
      return {
        ...(create !== undefined && { create: each(create) }),
        ...(createMany !== undefined && { createMany: { ...createMany, data: each(createMany.data as Args) } }),
      };
    });
  }
}

function isArgs(value: unknown): value is Args {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function mapValues(args: Args, put: (value: unknown, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, put(value, name)]));
}
