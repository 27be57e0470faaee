/** The example operations in GraphiQL. Each runs unchanged on a new firm. */
import type { Example } from './graphiql.ts';

export const examples: readonly Example[] = [
  {
    title: 'Create or update a client',
    query: `# Creates the client with this trackingId, or patches it: omitted fields keep their values.
# Run it twice: the second time nothing changes and changedFields is empty.
mutation UpsertClient($input: UpsertClientInput!) {
  upsertClient(input: $input) {
    result
    changedFields
    client {
      id
      trackingId
      name
      status
      tags
      customFields
      createdAt
      updatedAt
      revision
    }
  }
}
`,
    variables: {
      input: {
        trackingId: 'ACME-001',
        name: 'Acme Ltd',
        status: 'ACTIVE',
        tags: ['priority', 'london'],
        email: 'office@acme.example',
        websiteUrl: 'https://acme.example',
        npsScore: 42,
      },
    },
  },
  {
    title: 'List clients',
    query: `# Pages of clients, filtered and sorted. For the next page send pageInfo.endCursor as after.
query ListClients($first: Int, $after: String, $filter: ClientFilter) {
  clients(first: $first, after: $after, filter: $filter, orderBy: [{ field: NAME, direction: ASC }]) {
    totalCount
    nodes {
      id
      trackingId
      name
      status
      tags
      clientGroup {
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: { first: 10, filter: { status: { in: ['ACTIVE', 'TRIAL'] } } },
  },
  {
    title: 'Create a custom field',
    query: `# Adds a field to every client of the firm. Its values go into customFields under its key.
mutation CreateCustomField($input: CreateCustomFieldInput!) {
  createCustomField(input: $input) {
    customField {
      id
      key
      name
      type
      options {
        key
        label
        color
      }
    }
  }
}
`,
    variables: {
      input: {
        entity: 'CLIENT',
        name: 'Service level',
        type: 'SINGLE_SELECT',
        options: [
          { label: 'Gold', color: '#d4af37' },
          { label: 'Silver', color: '#c0c0c0' },
        ],
      },
    },
  },
  {
    title: 'Follow changes',
    query: `# All changes of the firm, oldest first. Keep pageInfo.endCursor and send it as after to continue from there.
query Changes($first: Int, $after: String) {
  changes(first: $first, after: $after) {
    nodes {
      sequence
      at
      actor
      kind
      entity
      entityId
      changedFields
      before
      after
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: { first: 25 },
  },
];
