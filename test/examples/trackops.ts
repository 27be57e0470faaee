/**
 * Trackops keeps contacts at its clients, each with a role. Its names are Clientele's in another spelling, and so is its
 * rule that a contact of the same name as another is refused unless that is allowed.
 */

/** The body of Trackops' create and update. An update sends only what changes. */
export interface TrackopsBody {
  allow_duplicates?: boolean;
  contact: TrackopsContact;
}

export interface TrackopsContact {
  client_id?: number;
  role_id?: number;
  first_name?: string | null;
  middle_name?: string | null;
  last_name?: string;
  title?: string | null;
  email?: string | null;
  phone_home?: string | null;
  phone_mobile?: string | null;
  phone_office?: string | null;
  phone_fax?: string | null;
  birthday?: string | null;
  account_code?: string | null;
  notes?: string | null;
  admin_notes?: string | null;
}

/** Which of Clientele's records an id of Trackops stands for. */
export interface TrackopsIds {
  /** The integration's own table, made when the roles are. */
  roles: Readonly<Record<number, string>>;
  /** As FIND_CLIENT answers. */
  clients: Readonly<Record<number, string>>;
}

/** Finds a client by the id that Trackops gave it, which it has among its external ids. */
export const FIND_CLIENT = `query ($trackopsId: String!) {
  client(by: { externalId: { system: "trackops", id: $trackopsId } }) { id }
}`;

export const CREATE_CONTACT = `mutation ($input: CreateClientContactInput!, $allowDuplicates: Boolean! = false) {
  createClientContact(input: $input, allowDuplicates: $allowDuplicates) { clientContact { id } }
}`;

export const UPDATE_CONTACT = `mutation ($id: ID!, $input: PatchClientContactInput!, $allowDuplicates: Boolean! = false) {
  patchClientContact(by: { id: $id }, input: $input, allowDuplicates: $allowDuplicates) { changedFields clientContact { id } }
}`;

/** The variables of both mutations; an update adds the contact's `id`. */
export function toClienteleVariables({ allow_duplicates, contact }: TrackopsBody, ids: TrackopsIds) {
  const { client_id, role_id } = contact;
  return {
    allowDuplicates: allow_duplicates,
    input: {
      // Trackops knows no locations: the contact goes to the client's first.
      client: { id: client_id === undefined ? undefined : ids.clients[client_id] },
      role: { id: role_id === undefined ? undefined : ids.roles[role_id] },
      firstName: contact.first_name,
      middleName: contact.middle_name,
      lastName: contact.last_name,
      title: contact.title,
      email: contact.email,
      phoneHome: contact.phone_home,
      phoneMobile: contact.phone_mobile,
      phoneOffice: contact.phone_office,
      phoneFax: contact.phone_fax,
      birthday: contact.birthday,
      accountCode: contact.account_code,
      notes: contact.notes,
      adminNotes: contact.admin_notes,
    },
  };
}
