/** What merging two contacts that turn out to be one person asks for beside what their fields do. */
import { referenceValue } from '../records/keys.ts';
import { changeEntryOf, type MergeRules } from '../records/merge.ts';

/** The target stays at its client and location. Where the source was the primary contact of its client, it is that now. */
export const contactMerge: MergeRules = {
  keeps: ['locationId', 'roleId'],
  moves: ['Client.primaryContactId'],
  prepare({ writer, source, target, at, options }) {
    // The twin by name is the one that goes.
    options.allowDuplicates = true;
    return ({ row }) => {
      const { firmId, id: sourceId, clientId } = source;
      const primaryContactId = clientId === row.clientId ? target.id : null;
      const before = { primaryContact: referenceValue(source) };
      const after = { primaryContact: primaryContactId === null ? null : referenceValue(target) };
      return [
        {
          kind: 'updateAll',
          model: 'Client',
          // Of no other client: a primary contact is one of the client's own.
          where: { firmId, id: clientId, primaryContactId: sourceId },
          set: { primaryContactId, updatedAt: at },
          told: { deletedAt: null },
          change: changeEntryOf(writer, { kind: 'UPDATED', entity: 'Client', at, before, after }),
        },
      ];
    };
  },
};
