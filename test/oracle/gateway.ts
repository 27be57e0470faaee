/** Calls the gateway as a client does: over HTTP. */
import { Agent, request } from 'node:http';
import type { Failure, Fault } from './context.ts';
import type { Operation } from './schema.ts';

export interface GatewayAnswer {
  status: number;
  data: unknown;
  failures: readonly Failure[];
}

interface Body {
  data?: unknown;
  errors?: { path?: (string | number)[]; message: string; extensions: { code: string; fields?: Fault[] } }[];
}

const agent = new Agent({ keepAlive: true });

/** Sends an operation and parses the response. */
export function send(url: string, { secret, text, variables }: Operation): Promise<GatewayAnswer> {
  const body = JSON.stringify({ query: text, variables });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${secret}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { data, errors = [] } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
        const failures = errors.map(({ path = [], extensions: { code, fields } }) => ({ path, code, fields }));
        resolve({ status: response.statusCode ?? 0, data, failures });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
