/** Who is calling, and what they may do. */

/** Roles from the most to the least powerful, with the sentence that describes each in the schema and the CLI. */
export const ROLES = {
  ADMIN: 'Everything a WRITER may do, plus defining custom fields and creating client types by name.',
  WRITER: 'Everything a READER may do, plus creating, upserting, patching and deleting records.',
  READER: 'Reads all data of the firm.',
  CONTACT:
    'A portal user bound to one client contact. Reads its own contact, client and locations, without internal fields.',
} as const;

export type Role = keyof typeof ROLES;

/** The caller of one request, as found from its token. */
export interface Viewer {
  readonly firmId: number;
  readonly firmName: string;
  readonly tokenId: string;
  /** The token's name: the `actor` of the changes made with it. */
  readonly tokenName: string;
  readonly role: Role;
  /** The employee the token acts for: the default of createdBy and modifiedBy. */
  readonly employeeId: string | null;
  /** The contact a CONTACT token is bound to. */
  readonly contactId: string | null;
  /** The firm's `definitionsVersion` when the token was looked up: tells whether cached definitions are current. */
  readonly definitionsVersion: number;
}

const rank: Record<Role, number> = { ADMIN: 3, WRITER: 2, READER: 1, CONTACT: 0 };

/** Whether `role` may do what `needed` may. */
export function mayActAs(role: Role, needed: Role): boolean {
  return rank[role] >= rank[needed];
}
