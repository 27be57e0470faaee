/** Whether a contact is the primary one of its client, which is kept on the client. */
import { equals, type Row } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { boolean } from '../fields/boolean.ts';
import { referenceValue } from '../records/keys.ts';
import { kindOfModel } from '../records/kind.ts';
import { patchRecord } from '../records/operations.ts';
import { findRecord } from '../records/save.ts';
import type { Elsewhere } from '../records/transfer.ts';
import { inTurn } from '../records/turns.ts';
import type { Writer } from '../records/write.ts';

/** A contact that leaves its client is the primary contact no more. */
export function noLongerPrimary({ viewer }: Writer, contact: Row, at: string): Write {
  const { id, clientId } = contact;
  const { firmId, tokenName: actor } = viewer;
  const change = {
    firmId,
    at,
    actor,
    kind: 'UPDATED' as const,
    entity: 'Client',
    before: { primaryContact: referenceValue(contact) },
    after: { primaryContact: null },
  };
  return {
    kind: 'updateAll',
    model: 'Client',
    where: { firmId, id: clientId, primaryContactId: id },
    set: { primaryContactId: null, updatedAt: at },
    told: { deletedAt: null },
    change,
  };
}

/** The same as a line of a file tells it. */
export const primaryFlag: Elsewhere = {
  field: boolean('Whether it is the primary contact of its client.'),
  on: { field: 'clientId', columns: ['primaryContactId'] },
  value: ({ id }, client) => client?.primaryContactId === id,
  set: (writer, contact, isPrimary) => {
    const clientId = String(contact.clientId);
    return inTurn(`import primary ${clientId}`, async () => {
      const kind = kindOfModel('Client');
      const client = kind ? await findRecord(writer, kind, equals('id', clientId)) : null;
      if (!kind || !client || (client.primaryContactId === contact.id) === isPrimary) return false;
      const expectedRevision = Number(client.revision);
      await patchRecord(
        writer,
        kind,
        { id: clientId },
        { primaryContact: isPrimary ? { id: contact.id } : null },
        { expectedRevision },
      );
      return true;
    });
  },
};
