/**
 * The parts of a commit of several records, put together by what they do: so the statement on Postgres does not grow with
 * the number of records.
 */
import type { ModelName, Row } from '../database/sql/index.ts';
import type { ChangeEntry, Write } from '../database/store/index.ts';

type Update = Extract<Write, { kind: 'update' }>;

/**
 * The same writes with all rows of one table in one part, as far as they name the same columns. Rows that must be there
 * come first, what is taken away before what takes its place, and the entries of the feed last, so that they are numbered in
 * the order the records were prepared.
 */
export function gathered(writes: readonly Write[]): Write[] {
  const required = new Groups<Row>();
  const removed = new Groups<Row>();
  const inserted = new Groups<Row>();
  const updated = new Groups<Update>();
  const others: Write[] = [];
  const changes: ChangeEntry[] = [];
  for (const write of writes) {
    switch (write.kind) {
      case 'require':
        required.add(write.model, shapeOf(write.where), write.where);
        break;
      case 'insert':
        for (const row of write.rows) inserted.add(write.model, namesOf(row), row);
        break;
      case 'update':
        updated.add(write.model, `${namesOf(write.set)} of ${shapeOf(write.where)}`, write);
        break;
      case 'record':
        changes.push(...write.changes);
        break;
      case 'deleteAll':
        if (write.most === undefined && !Object.values(write.where).includes(null)) {
          removed.add(write.model, namesOf(write.where), write.where);
          break;
        }
        others.push(write);
        break;
      default:
        others.push(write);
    }
  }
  return [
    ...required.parts(
      (model, where) => ({ kind: 'require', model, where }),
      // Several records may point at one.
      (model, rows) => ({ kind: 'requireEach', model, rows: distinct(rows) }),
    ),
    ...removed.parts(
      (model, where) => ({ kind: 'deleteAll', model, where }),
      (model, rows) => ({ kind: 'deleteEach', model, rows }),
    ),
    ...others,
    ...inserted.parts(
      (model, row) => ({ kind: 'insert', model, rows: [row] }),
      (model, rows) => ({ kind: 'insert', model, rows }),
    ),
    ...updated.parts(
      (_model, update) => update,
      (model, rows) => ({ kind: 'updateEach', model, rows }),
    ),
    ...(changes.length > 0 ? [{ kind: 'record' as const, changes }] : []),
  ];
}

/** What is done to a table, by the columns that it names. */
class Groups<Item> {
  readonly #groups = new Map<string, { model: ModelName; items: Item[] }>();

  add(model: ModelName, shape: string, item: Item): void {
    const key = `${model} ${shape}`;
    const known = this.#groups.get(key);
    if (known) known.items.push(item);
    else this.#groups.set(key, { model, items: [item] });
  }

  /** One part for each group: what `alone` makes of a single item, or `together` of several. */
  parts(alone: (model: ModelName, item: Item) => Write, together: (model: ModelName, items: Item[]) => Write): Write[] {
    return [...this.#groups.values()].map(({ model, items }) => {
      const [only] = items;
      return items.length === 1 && only !== undefined ? alone(model, only) : together(model, items);
    });
  }
}

function namesOf(row: Row): string {
  return Object.keys(row).join();
}

/** The names of columns, and which of them are empty. */
function shapeOf(where: Row): string {
  return Object.entries(where)
    .map(([column, value]) => (value === null ? `${column}:null` : column))
    .join();
}

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
