/** What must hold of all kinds of records together, those that are added too. */
import { describe, expect, it } from 'vitest';
import { columnsOf, relationOf } from '../src/database/sql/columns.ts';
import '../src/kinds.ts';
import { kindOfModel, kinds, partsOf, referencesTo } from '../src/records/kind.ts';

describe.each(kinds().map((kind) => [kind.model, kind] as const))('%s', (model, kind) => {
  it('has a column for each of its fields', () => {
    const columns = Object.keys(columnsOf(model));
    expect(columns).toEqual(
      expect.arrayContaining([...Object.keys(kind.fields), 'createdAt', 'updatedAt', 'revision']),
    );
    expect(columns).toEqual(expect.arrayContaining([...(kind.claims ?? []), ...(kind.bookkeeping ?? [])]));
  });

  it('points at kinds, by relations that are named as the fields', () => {
    for (const [name, field] of Object.entries(kind.fields)) {
      if (field.kind !== 'reference') continue;
      expect(kindOfModel(field.to), name).toBeDefined();
      expect(relationOf(model, name.replace(/Id$/, '')).model).toBe(field.to);
    }
  });

  it('is a part of nothing that is a part itself', () => {
    // What goes with a record is found by one column, that of its owner.
    for (const { kind: part } of partsOf(model)) expect(partsOf(part.model), part.model).toEqual([]);
  });

  it('can be marked as deleted where it goes with its owner', () => {
    if (kind.partOf) expect(columnsOf(model)).toHaveProperty('deletedAt');
    for (const column of Object.values(kind.portal ?? {})) expect(columnsOf(model)).toHaveProperty(column);
  });

  it('is pointed at by one field of each other kind at most, where merging moves what points at it', () => {
    if (!columnsOf(model).mergedIntoId) return;
    // Postgres changes a row once in a statement: the second field would stay.
    const { moves = [] } = kind.merge ?? {};
    const moved = referencesTo(model).filter(({ kind: from, name }) => !moves.includes(`${from.model}.${name}`));
    const models = moved.map(({ kind: from }) => from.model);
    expect(models).toEqual([...new Set(models)]);
  });
});
