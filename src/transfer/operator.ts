/** Whoever works at the command line, as the caller that domain functions know. */
import { readDefinitions } from '../custom-values/definitions.ts';
import type { Db } from '../database/client.ts';
import { findFirm } from '../firms/firms.ts';
import type { Writer } from '../records/write.ts';
import type { Viewer } from '../session/viewer.ts';

/** Whoever works at the command line. */
export interface Operator extends Writer {
  database: Db;
}

/** An administrator of the firm of that name, whose changes are signed with `actor` in the feed. */
export async function operatorOf(database: Db, firmName: string, actor: string): Promise<Operator> {
  const firm = await findFirm(database, firmName);
  if (!firm) throw new Error(`There is no firm ${firmName}; clientele firm list names those there are.`);
  const { version } = await readDefinitions(database, firm.id);
  const viewer: Viewer = {
    firmId: firm.id,
    firmName: firm.name,
    // There is no token: who can open the database needs none.
    tokenId: '',
    tokenName: actor,
    role: 'ADMIN',
    employeeId: null,
    contactId: null,
    definitionsVersion: version,
  };
  return { database, viewer };
}

/** The same operator, aware of the custom fields as they are defined now. */
export async function refreshed({ database, viewer }: Writer): Promise<Viewer> {
  const { version } = await readDefinitions(database, viewer.firmId);
  return { ...viewer, definitionsVersion: version };
}
