/**
 * The floor: what a server in Node can at best do with these tables. node:http, the raw driver, one prepared statement an
 * operation, the database building the JSON; no GraphQL, no authentication, no limits, no log. With BENCH_PLAIN it works on
 * plain tables; with BENCH_BARE its upsert over Clientele's tables records no change.
 */
import { createServer } from 'node:http';

const facts = JSON.parse(process.env.BENCH_FACTS);
const url = process.env.DATABASE_URL;
const tables = process.env.BENCH_PLAIN === '1' ? 'plain' : url.startsWith('file:') ? 'sqlite' : 'postgres';
const { openFloor } = await import(`./floor-${tables}.js`);
const operations = openFloor(url, facts, {
  bare: process.env.BENCH_BARE === '1',
  synchronous: process.env.BENCH_SYNCHRONOUS ?? 'FULL',
});

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const operation = operations[request.url.slice(1)];
      if (!operation) {
        response.writeHead(404).end();
        return;
      }
      const body = JSON.parse(chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString());
      const json = Buffer.from(await operation(body));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length });
      response.end(json);
    } catch (error) {
      response.writeHead(500).end(String(error.stack));
    }
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
