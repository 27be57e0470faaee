/** How clients are found: one by its keys, many by filter, order and search. */
import { keyField, listField } from '../graphql/kind.ts';
import { Client, ClientConnection } from '../graphql/refs.ts';
import { clientKind } from './clients.ts';
import { CLIENT_LISTS } from './filter.ts';

keyField(clientKind, Client);

listField(clientKind, CLIENT_LISTS, {
  name: 'clients',
  type: ClientConnection,
  description: 'The clients of the firm. Ordered by name by default.',
});
