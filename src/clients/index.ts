/** Clients in the schema. */
import './mutations.ts';
import './queries.ts';
import './schema.ts';
