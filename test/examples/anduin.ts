/**
 * Anduin pushes its clients with an upsert by tracking ID. Its names and its rules are Clientele's: what a body leaves
 * out is kept, `[]` clears the tags, a second identical call changes nothing.
 */

/** The body of Anduin's upsert. */
export interface AnduinClient {
  /** Required. It is optional here so that a body without one is refused by Clientele and not by this program. */
  trackingId?: string;
  /** Required by Clientele when the client is not there yet. */
  name?: string;
  tags?: string[];
  note?: string | null;
}

/** `result` is Anduin's `created` or `updated`. */
export const UPSERT_CLIENT = `mutation ($input: UpsertClientInput!) {
  upsertClient(input: $input) { result changedFields client { id } }
}`;

/** The input of `upsertClient`. What is undefined is left out of the JSON, so it stays as it is. */
export function toClienteleInput({ trackingId, name, tags, note }: AnduinClient) {
  return { trackingId, name, tags, note };
}
