/** Which paths there are. */
import { json } from './answers.ts';
import type { EdgePlugin } from './exchange.ts';

export const GRAPHQL_PATH = '/graphql';

/** Answers 404 for what no plugin before this one has answered, unless it is for GraphQL. */
export function useNotFound(): EdgePlugin {
  return {
    onRequest({ serverContext, fetchAPI, endResponse }) {
      const { exchange } = serverContext;
      if (exchange === undefined || exchange.path === GRAPHQL_PATH) return;
      if (exchange.path === `${GRAPHQL_PATH}/`) {
        exchange.path = GRAPHQL_PATH;
        return;
      }
      const message = `Nothing is served at this path. GraphQL is at ${GRAPHQL_PATH}.`;
      endResponse(json(fetchAPI, 404, { errors: [{ message, extensions: { code: 'NOT_FOUND' } }] }));
    },
  };
}
