/** Anduin upserts a client by its tracking ID: what a body leaves out stays, `[]` clears the tags. So it is here. */
import { byId, same } from './forms.ts';
import { line, mapping } from './mapping.ts';

export const anduin = mapping({
  name: 'anduin',
  title: 'Anduin',
  entity: 'client',
  withoutKey: 'REFUSED',
  foundBy: [],
  lines: [
    line('trackingId', 'trackingId', same, 'Finds the client. Without it the body is refused.'),
    line('name', 'name', same, 'Required where the client is new.'),
    line('tags', 'tags', same, 'Replaced whole; `[]` clears.'),
    line('clientGroupId', 'clientGroup', byId('anduin'), 'A new client without it is in the group Unassigned.'),
    line('note', 'note', same),
  ],
  noPlace: [
    { theirs: 'firmId', reason: 'The token tells the firm.' },
    { theirs: 'mode', reason: 'A row has no mode of its own here: it is that of the whole call.' },
    { theirs: 'contacts', reason: "Anduin's document says by what a contact is found, and not what it is made of." },
    { theirs: 'result', reason: 'It is what an upsert answers: CREATED or UPDATED.' },
  ],
  lost: ['`clientGroupId` is left out for a group without an external id of the system `anduin`, such as Unassigned.'],
});
