/** Which rows a viewer may see at all: the one condition that every read is under. */
import { and, type Condition, equals, type ModelName } from '../database/sql/index.ts';
import { kindOfModel } from '../records/kind.ts';
import type { Viewer } from '../session/viewer.ts';

/** Rows of the viewer's firm; to a portal user, only its own contact and what is tied to that. */
export function scopeOf(viewer: Viewer, model: ModelName): Condition {
  const firm = equals('firmId', viewer.firmId);
  return viewer.role === 'CONTACT' ? and(firm, ownOf(viewer, model)) : firm;
}

/** What is a portal user's own among the rows of a model: what is tied to its contact, as the kind declares. */
function ownOf({ contactId }: Viewer, model: ModelName): Condition {
  const on = kindOfModel(model)?.portal;
  const contact = equals('id', contactId ?? '');
  if (!on) return { is: 'or', of: [] };
  if (model === 'ClientContact') return contact;
  return { is: 'exists', model: 'ClientContact', on: { firmId: 'firmId', ...on }, where: contact };
}
