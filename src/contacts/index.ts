/** Contacts in the schema. */
import './mutations.ts';
import './schema.ts';
