/** The kinds of records there are: one import for each. What they are is declared in their folders (records/kind.ts). */
import './directory/directory.ts';
import './groups/groups.ts';
import './locations/locations.ts';
import './contacts/contacts.ts';
import './clients/clients.ts';
