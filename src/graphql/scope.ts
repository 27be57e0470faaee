/** Which rows a viewer may see at all: the one condition that every read is under. */
import { and, type Condition, equals } from '../database/conditions.ts';
import type { ModelName } from '../database/database.ts';
import type { Viewer } from '../firms/viewer.ts';

/** Rows of the viewer's firm; to a portal user, only its own contact, client and locations. */
export function scopeOf(viewer: Viewer, model: ModelName): Condition {
  const firm = equals('firmId', viewer.firmId);
  return viewer.role === 'CONTACT' ? and(firm, ownOf(viewer, model)) : firm;
}

/** What is a portal user's own among the rows of a model. */
function ownOf(viewer: Viewer, model: ModelName): Condition {
  const contact = equals('id', viewer.contactId ?? '');
  switch (model) {
    case 'ClientContact':
      return contact;
    case 'Client':
      return { is: 'exists', model: 'ClientContact', on: { firmId: 'firmId', clientId: 'id' }, where: contact };
    case 'ClientLocation':
      return { is: 'exists', model: 'ClientContact', on: { firmId: 'firmId', clientId: 'clientId' }, where: contact };
    default:
      return { is: 'or', of: [] };
  }
}
