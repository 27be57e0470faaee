/** Prints the schema: `npm run schema` keeps schema.graphql by it. */
import { printedSchema } from './schema.ts';

process.stdout.write(printedSchema());
