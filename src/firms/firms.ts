/** Firms: the companies that keep their clients here. */
import { InvalidInput } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import type { Db } from '../database/client.ts';
import { storedInstant } from '../database/sql/index.ts';
import { type ChangeEntry, UniqueViolation, type Write } from '../database/store/index.ts';
import { fold } from '../fields/fold.ts';
import { checkText, Issues } from '../fields/parse.ts';
import { DEFAULT_GROUP_NAME } from '../groups/groups.ts';
import { commit, retrying, Stale } from '../records/write.ts';

/** Longest name of a firm, in characters. */
export const FIRM_NAME_MAX = 255;

export interface Firm {
  id: number;
  name: string;
}

/** Creates a firm with its group Unassigned. DUPLICATE when the name is taken. */
export async function createFirm(database: Db, name: string): Promise<Firm> {
  return retrying(async () => {
    const { firm, writes } = newFirm(name, await nextFirmId(database));
    try {
      await commit(database, writes);
      return firm;
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
    }
    if (await findFirm(database, name)) {
      throw new InvalidInput([{ path: ['name'], code: 'DUPLICATE', message: `There is a firm ${name} already` }]);
    }
    // Another firm took the number meanwhile.
    throw new Stale();
  });
}

/** The number of the next firm, unless another one takes it first. */
export async function nextFirmId(database: Db): Promise<number> {
  const { _max: last } = await database.firm.aggregate({ _max: { id: true } });
  return (last.id ?? 0) + 1;
}

/** A firm, and what to commit for it to be there. */
export function newFirm(name: string, id: number): { firm: Firm; writes: Write[] } {
  const issues = new Issues();
  checkText(name, { min: 1, max: FIRM_NAME_MAX, exact: true }, ['name'], issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  const at = storedInstant();
  const firm = { id, name };
  const group = {
    firmId: firm.id,
    id: newId('ClientGroup'),
    name: DEFAULT_GROUP_NAME,
    nameFolded: fold(DEFAULT_GROUP_NAME),
    isDefault: true,
    createdAt: at,
    updatedAt: at,
    revision: 1,
  };
  // Who rebuilds the firm from its feed needs the group that all else begins in.
  const created: ChangeEntry = {
    firmId: firm.id,
    at,
    actor: 'clientele',
    kind: 'CREATED',
    entity: 'ClientGroup',
    entityId: group.id,
    before: null,
    after: { name: group.name },
  };
  return {
    firm,
    writes: [
      { kind: 'insert', model: 'Firm', rows: [{ ...firm, definitionsVersion: 0, createdAt: at }] },
      { kind: 'insert', model: 'ClientGroup', rows: [group] },
      { kind: 'record', changes: [created] },
    ],
  };
}

/** The firm of that name, or null. */
export function findFirm(database: Db, name: string): Promise<Firm | null> {
  return database.firm.findUnique({ where: { name }, select: { id: true, name: true } });
}

/** All firms, by name. */
export function listFirms(database: Db): Promise<Firm[]> {
  return database.firm.findMany({ orderBy: { name: 'asc' }, select: { id: true, name: true } });
}
