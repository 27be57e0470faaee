/**
 * PostGraphile 5, as its documentation sets it up for production. To Clientele's tables it adds the functions in
 * postgraphile.sql; plain tables (BENCH_PLAIN) come with theirs.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const connectionString = process.env.DATABASE_URL;
if (process.env.BENCH_PLAIN !== '1') {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(readFileSync(new URL('./postgraphile.sql', import.meta.url), 'utf8'));
  await client.end();
}

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  // It would offer no order by the second column of an index, nor by columns whose index leaves out deleted rows.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [makePgService({ connectionString, schemas: ['public'], poolConfig: { max: 10 } })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false, watch: false },
  grafast: { explain: false },
});
if (process.argv.includes('--print')) {
  const { printSchema } = await import('postgraphile/graphql');
  process.stdout.write(printSchema(await instance.getSchema()));
  process.exit(0);
}
const server = createServer();
const served = instance.createServ(grafserv);
await served.addTo(server);
await served.ready();
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
