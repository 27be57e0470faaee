/** The worst requests that the limits let through, or refuse late: by callers who have a token, and mean ill. */
/** `make(index)` for each of `count`, one after another. */
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const listOf = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const text = JSON.stringify;

const CLIENT_SCALARS =
  'id trackingId name status active invitationStatus tags note websiteUrl logoUrl avatarUrl inceptionDate terminatedDate timezone npsScore email phone altPhone companyName assignedSalesRepName customFields createdAt updatedAt revision address { fullAddress line1 line2 line3 city region postalCode country uprn } externalIds { system id } accountTeam { role }';
const CONTACT_SCALARS =
  'id trackingId firstName middleName lastName title email phoneHome phoneMobile phoneOffice phoneFax language birthday accountCode customFields createdAt updatedAt revision address { fullAddress line1 city country }';

const INTROSPECTION =
  '{ queryType { name } types { kind name description fields(includeDeprecated: true) { name description args { name description type { kind name ofType { kind name ofType { kind name ofType { name } } } } defaultValue } type { kind name ofType { kind name ofType { kind name ofType { name } } } } } inputFields { name description type { kind name ofType { kind name ofType { name } } } } enumValues { name description } possibleTypes { name } } }';

/**
 * Each: `name`, `token`, and `body(turn)`, which may make another one of the same kind each time. `how` is what callers do
 * with the response, where they do not read it. `phase` 2: after the firm has got five hundred fields of its own.
 */
export function worstRequests(facts) {
  const { own, parent, crowded, edited, firstClients, some, roleId } = facts;
  const query = (name, document, { token = 'READER', variables, ...more } = {}) => ({
    name,
    token,
    body: () => text({ query: document, variables }),
    ...more,
  });
  /** A document that the server has never seen. */
  const fresh = (name, make, more = {}) => ({
    name,
    token: 'READER',
    body: (turn) => text({ query: make(turn) }),
    ...more,
  });

  return [
    // What the review found.
    query(
      '79 × contacts(250) { notes adminNotes }',
      `{ ${times(79, (i) => `a${i}: clientContacts(first: 250) { nodes { notes adminNotes } }`)} }`,
    ),
    query('16 × clients(250) { note }', `{ ${times(16, (i) => `a${i}: clients(first: 250) { nodes { note } }`)} }`),
    query('40 × clients(250) { note }', `{ ${times(40, (i) => `a${i}: clients(first: 250) { nodes { note } }`)} }`),
    query(
      'portal: 100 × nodes(own × 250) { notes }',
      `query ($ids: [ID!]!) { ${times(100, (i) => `a${i}: nodes(ids: $ids) { ... on ClientContact { notes } }`)} }`,
      { token: 'CONTACT', variables: { ids: listOf(250, () => own) } },
    ),
    query(
      'portal: 79 × nodes(own × 250) { notes }',
      `query ($ids: [ID!]!) { ${times(79, (i) => `a${i}: nodes(ids: $ids) { ... on ClientContact { notes } }`)} }`,
      { token: 'CONTACT', variables: { ids: listOf(250, () => own) } },
    ),
    query(
      '15 × nodes(250) { contacts(250) }',
      `query ($ids: [ID!]!) { ${times(15, (i) => `a${i}: nodes(ids: $ids) { ... on Client { contacts(first: 250) { nodes { id } } } }`)} }`,
      { variables: { ids: firstClients } },
    ),
    query(
      'nodes(crowded × 79) { contacts(250) { notes } }',
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Client { contacts(first: 250) { nodes { notes } } } } }`,
      { variables: { ids: listOf(79, () => crowded) } },
    ),
    // As much as one response may be.
    query('clients(150) { note }: 9.8 MB', '{ clients(first: 150) { nodes { note } } }'),
    query('clients(last 50) { note }: controls and emoji', '{ clients(last: 50) { nodes { note } } }'),
    query('clients(last 30) { note }: 9 MB of escapes', '{ clients(last: 30) { nodes { note } } }'),
    query(
      'one row: contacts(75) { adminNotes notes }',
      `{ client(by: { id: ${text(crowded)} }) { contacts(first: 60) { nodes { adminNotes notes } } } }`,
    ),
    query(
      'one row: contacts(148) { adminNotes }: 9.7 MB in a cell',
      `{ client(by: { id: ${text(crowded)} }) { contacts(first: 148) { nodes { adminNotes } } } }`,
    ),
    query(
      'one row: contacts(250) { adminNotes notes }: refused',
      `{ client(by: { id: ${text(crowded)} }) { contacts(first: 250) { nodes { adminNotes notes } } } }`,
    ),
    query(
      'notes and an error: by way of Yoga',
      '{ clients(first: 150) { nodes { note } } bad: clients(first: 999) { nodes { id } } }',
    ),
    query('clients(100) { 99 × note }', `{ clients(first: 100) { nodes { ${times(99, (i) => `a${i}: note`)} } } }`),
    query('clients(last 100) { 99 × note }', `{ clients(last: 100) { nodes { ${times(99, (i) => `a${i}: note`)} } } }`),
    query(
      'client { 99 × note }: 6.5 MB of one text',
      `{ client(by: { id: ${text(firstClients[0])} }) { ${times(99, (i) => `a${i}: note`)} } }`,
    ),
    // Many small values.
    query(
      '78 × 250 contacts in one row',
      `{ client(by: { id: ${text(crowded)} }) { contacts(first: 78) { nodes { client { contacts(first: 250) { nodes { a: revision } } } } } } }`,
    ),
    query(
      '78 × 250 contacts in one row, 20 values each',
      `{ client(by: { id: ${text(crowded)} }) { contacts(first: 78) { nodes { client { contacts(first: 250) { nodes { ${times(60, (i) => `a${i}: revision`)} } } } } } } }`,
    ),
    query(
      '78 × 250 contacts in one row, all scalars',
      `{ client(by: { id: ${text(crowded)} }) { contacts(first: 78) { nodes { client { contacts(first: 250) { nodes { ${CONTACT_SCALARS} } } } } } } }`,
    ),
    query(
      '77 × 250 children in a list, all scalars',
      `{ clients(first: 77, filter: { parent: { equals: { id: ${text(parent)} } } }) { nodes { parent { children(first: 250) { nodes { ${CLIENT_SCALARS} } } } } } }`,
    ),
    query(
      '77 × 250 children { 60 × __typename }',
      `{ clients(first: 77, filter: { parent: { equals: { id: ${text(parent)} } } }) { nodes { parent { children(first: 250) { nodes { ${times(60, (i) => `a${i}: __typename`)} } } } } } }`,
    ),
    query(
      'clients(250) { 100 × __typename }',
      `{ clients(first: 250) { nodes { ${times(100, (i) => `a${i}: __typename`)} } } }`,
    ),
    query(
      '79 × clients(250) { a: revision }',
      `{ ${times(79, (i) => `a${i}: clients(first: 250) { nodes { revision } }`)} }`,
    ),
    query(
      'clients(250) { all scalars, contacts(25) { all scalars, location, role } }',
      `{ clients(first: 250) { nodes { ${CLIENT_SCALARS} contacts(first: 25) { nodes { ${CONTACT_SCALARS} location { name } role { name } } } } } }`,
    ),
    query(
      '11 levels of parent and children',
      `{ clients(first: 60, filter: { parent: { equals: { id: ${text(parent)} } } }) { nodes { parent { children(first: 5) { nodes { parent { children(first: 4) { nodes { parent { children(first: 4) { nodes { ${CLIENT_SCALARS} } } } } } } } } } } } }`,
    ),
    query('100 × customFields', `{ clients(first: 250) { nodes { ${times(100, (i) => `a${i}: customFields`)} } } }`),
    // What takes long to find.
    query(
      '100 × contains "e", counted',
      `{ ${times(100, (i) => `a${i}: clients(first: 1, filter: { name: { contains: "${'aeiorst'[i % 7]}" }, companyName: { contains: "${i}" } }) { totalCount }`)} }`,
    ),
    query(
      '10 × contains "e", counted, 200 rows',
      `{ ${times(10, (i) => `a${i}: clients(first: 200, filter: { name: { contains: "${'aeiorst'[i % 7]}" } }) { totalCount nodes { id name } }`)} }`,
    ),
    query(
      '20 × without an index: orderBy, totalCount',
      `{ ${times(20, (i) => `a${i}: clients(first: 250, orderBy: [{ field: ${['STATUS', 'CREATED_AT', 'UPDATED_AT', 'NAME'][i % 4]}, direction: DESC }, { field: ${['NAME', 'STATUS', 'CREATED_AT', 'UPDATED_AT'][i % 4]}, direction: ASC }]) { totalCount nodes { id } }`)} }`,
    ),
    query(
      '100 × search of 20 words',
      `{ ${times(100, (i) => `a${i}: clients(first: 10, search: "a e i o u r s t n l m d c p b g h ${i} x y") { totalCount nodes { id } }`)} }`,
    ),
    query(
      '100 × contacts search',
      `{ ${times(100, (i) => `a${i}: clientContacts(first: 10, search: "an er ${i % 10}") { totalCount nodes { id } }`)} }`,
    ),
    query(
      'duplicates by name, 79 × 250',
      `{ ${times(79, (i) => `a${i}: duplicateClientContacts(by: ${['NAME', 'EMAIL', 'PHONE'][i % 3]}, first: 250) { totalCount nodes { value count } }`)} }`,
    ),
    query(
      'duplicates by name, 390 groups with members',
      `{ ${times(30, (i) => `a${i}: duplicateClients(by: NAME, first: 13) { nodes { value count clients { ${CLIENT_SCALARS} } } }`)} }`,
    ),
    query(
      '190 conditions, 10 deep',
      '{ clients(first: 250, filter: $f) { totalCount nodes { id } } }'.replace('{', 'query ($f: ClientFilter) {'),
      { variables: { f: deepFilter() } },
    ),
    query(
      '20 × 99 contains',
      `query ($f: ClientFilter) { ${times(20, (i) => `a${i}: clients(first: 250, filter: $f) { totalCount nodes { id } }`)} }`,
      { variables: { f: { or: listOf(99, (i) => ({ name: { contains: `q${i}` } })) } } },
    ),
    query(
      '900 KB of ids, in lists of 1,000',
      'query ($f: ClientFilter) { clients(first: 250, filter: $f) { totalCount nodes { id } } }',
      {
        variables: {
          f: { or: listOf(20, (i) => ({ id: { in: listOf(1000, (j) => some[(i * 250 + j) % some.length]) } })) },
        },
      },
    ),
    query(
      '900 KB of short texts, in lists of 1,000: too many',
      'query ($f: ClientFilter) { clients(first: 250, filter: $f) { totalCount nodes { id } } }',
      { variables: { f: { or: listOf(99, () => ({ trackingId: { in: listOf(1000, (j) => String(j)) } })) } } },
    ),
    query(
      '19,000 short texts, in lists of 1,000',
      'query ($f: ClientFilter) { clients(first: 250, filter: $f) { totalCount nodes { id } } }',
      { variables: { f: { or: listOf(19, () => ({ trackingId: { in: listOf(990, (j) => String(j)) } })) } } },
    ),
    query(
      '100 × 19,000 texts',
      `query ($f: ClientFilter) { ${times(100, (i) => `a${i}: clients(first: 20, filter: $f) { nodes { id } }`)} }`,
      { variables: { f: { or: listOf(19, () => ({ trackingId: { in: listOf(990, (j) => `${j}-abcdefgh`) } })) } } },
    ),
    query(
      '400 KB of texts to contain',
      'query ($f: ClientFilter) { clients(first: 250, filter: $f) { totalCount nodes { id } } }',
      { variables: { f: { or: listOf(99, (i) => ({ name: { contains: 'ab'.repeat(2000) + i } })) } } },
    ),
    query(
      'tags: 180 × hasEvery of 100',
      'query ($f: ClientFilter) { clients(first: 250, filter: $f) { totalCount nodes { id } } }',
      { variables: { f: { and: listOf(99, () => ({ tags: { hasEvery: listOf(250, (j) => `t${j}`) } })) } } },
    ),
    query('20,000 terms of orderBy', 'query ($o: [ClientOrder!]) { clients(orderBy: $o) { nodes { id } } }', {
      variables: { o: listOf(20_000, () => ({ field: 'NAME', direction: 'ASC' })) },
    }),
    // The feed, with notes before and after.
    query(
      'history(250) with full notes',
      `{ client(by: { id: ${text(edited)} }) { history(first: 250) { nodes { before after } } } }`,
    ),
    query(
      'history(70) with full notes: 9.2 MB',
      `{ client(by: { id: ${text(edited)} }) { history(first: 70) { nodes { before after } } } }`,
    ),
    query(
      '79 × changes(250)',
      `{ ${times(79, (i) => `a${i}: changes(first: 250, after: "${i}") { nodes { before after changedFields } }`)} }`,
    ),
    query(
      'clients(first 250) { history(250) }',
      '{ clients(first: 79) { nodes { history(first: 250) { nodes { before after changedFields actor } } } } }',
    ),
    // Documents.
    query('100 × introspection', `{ ${times(20, (i) => `a${i}: __schema ${INTROSPECTION}`)} }`),
    query(
      '100 × __type { fields { args } }',
      `{ ${times(100, (i) => `a${i}: __type(name: "Client") { fields { name description type { name } args { name description } } }`)} }`,
    ),
    fresh(
      '1,980 fields in one place, never seen',
      (turn) =>
        `query q${turn} { clients(first: 1) { nodes { ${times(98, () => 'contacts(first: 1) { nodes { id lastName firstName email title notes } pageInfo { hasNextPage } totalCount }').slice(0, 95_000)} } } }`,
    ),
    fresh('overlapping fields, never seen', (turn) => `query q${turn} { ${overlapping()} }`),
    fresh('overlapping fragments, never seen', (turn) => overlappingFragments(turn)),
    fresh('1,300 operations, never seen', (turn) => times(660, (i) => `query q${turn}_${i} { viewer { firm } }`)),
    fresh(
      '1,300 fragments, unused',
      (turn) => `{ viewer { firm } } ${times(560, (i) => `fragment f${turn}_${i} on Viewer { firm }`)}`,
    ),
    fresh(
      '300 fragments, each in the next',
      (turn) =>
        `query q${turn} { viewer { ...f0 } } ${times(300, (i) => `fragment f${i} on Viewer { firm ${i < 299 ? `...f${i + 1}` : ''} }`)}`,
    ),
    fresh(
      '900 variables, never seen',
      (turn) => `query q${turn}(${times(600, (i) => `$v${i}: String`)}) { viewer { firm } }`,
    ),
    fresh(
      'unknown fields, 1,900 suggestions',
      (turn) => `query q${turn} { clients { nodes { ${times(1900, (i) => `nam${i}`)} } } }`,
    ),
    fresh(
      'a list of 1,900 enum values where ids are',
      (turn) => `query q${turn} { nodes(ids: [${times(1900, () => 'RED')}]) { id } }`,
    ),
    fresh(
      '100,000 characters of text',
      (turn) => `query q${turn} { clients(search: "${'x'.repeat(99_000)}") { nodes { id } } }`,
    ),
    fresh('nested 3,900 deep', (turn) => `query q${turn} { ${'a{'.repeat(1990)}a${'}'.repeat(1990)} }`),
    fresh(
      'a list 3,900 deep',
      (turn) => `query q${turn} { nodes(ids: ${'['.repeat(1900)}${']'.repeat(1900)}) { id } }`,
    ),
    // Bodies.
    { name: '1 MB: not JSON', token: 'READER', body: () => `{"query":"${'x'.repeat(990_000)}` },
    {
      name: '1 MB: lists in lists',
      token: 'READER',
      body: () =>
        `{"query":"query ($v: JSONObject) { viewer { firm } }","variables":{"v":${'['.repeat(490_000)}${']'.repeat(490_000)}}}`,
    },
    {
      name: '1 MB: 90,000 variables',
      token: 'READER',
      body: () =>
        text({ query: '{ viewer { firm } }', variables: Object.fromEntries(listOf(80_000, (i) => [`v${i}`, 1])) }),
    },
    {
      name: '1 MB: ids of the wrong type',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
          variables: { ids: listOf(190_000, () => null) },
        }),
    },
    {
      name: '1 MB: 200,000 ids',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
          variables: { ids: listOf(190_000, () => 'a') },
        }),
    },
    {
      name: '1 MB: a cursor',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($c: String) { clients(after: $c) { nodes { id } } }',
          variables: { c: Buffer.from(`[${'1,'.repeat(360_000)}1]`).toString('base64url') },
        }),
    },
    {
      name: '3,900 empty conditions',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($f: ClientFilter) { clients(filter: $f) { nodes { id } } }',
          variables: { f: { or: listOf(3_900, () => ({})) } },
        }),
    },
    {
      name: '19,000 lists in lists',
      token: 'READER',
      body: () =>
        `{"query":"query ($f: JSONObject) { viewer { firm } }","variables":{"f":{"a":${'['.repeat(19_000)}${']'.repeat(19_000)}}}}`,
    },
    {
      name: '19,000 unknown custom fields',
      token: 'WRITER',
      body: () =>
        text({
          query: 'mutation ($i: UpsertClientInput!) { upsertClient(input: $i) { result } }',
          variables: {
            i: {
              trackingId: 'worst-1',
              name: 'x',
              customFields: Object.fromEntries(listOf(19_000, (i) => [`k${i}`, 1])),
            },
          },
        }),
    },
    {
      name: '19,000 tags',
      token: 'WRITER',
      body: () =>
        text({
          query: 'mutation ($i: UpsertClientInput!) { upsertClient(input: $i) { result } }',
          variables: { i: { trackingId: 'worst-1', name: 'x', tags: listOf(19_000, (i) => `t${i}`) } },
        }),
    },
    {
      name: '1 MB: a filter of 100,000 conditions',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($f: ClientFilter) { clients(filter: $f) { nodes { id } } }',
          variables: { f: { or: listOf(60_000, () => ({ active: {} })) } },
        }),
    },
    {
      name: '1 MB: a filter 30,000 deep',
      token: 'READER',
      body: () =>
        `{"query":"query ($f: ClientFilter) { clients(filter: $f) { nodes { id } } }","variables":{"f":${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}}}`,
    },
    {
      name: '1 MB: wrong keys in a filter',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($f: ClientFilter) { clients(filter: $f) { nodes { id } } }',
          variables: { f: Object.fromEntries(listOf(60_000, (i) => [`k${i}`, 1])) },
        }),
    },
    {
      name: '1 MB: 50,000 wrong values of orderBy',
      token: 'READER',
      body: () =>
        text({
          query: 'query ($o: [ClientOrder!]) { clients(orderBy: $o) { nodes { id } } }',
          variables: { o: listOf(40_000, () => ({ field: 'X' })) },
        }),
    },
    // Writes.
    {
      name: '1 MB: custom fields that there are not',
      token: 'WRITER',
      body: () =>
        text({
          query: 'mutation ($i: UpsertClientInput!) { upsertClient(input: $i) { result } }',
          variables: {
            i: {
              trackingId: 'worst-1',
              name: 'x',
              customFields: Object.fromEntries(listOf(60_000, (i) => [`k${i}`, 1])),
            },
          },
        }),
    },
    {
      name: '1 MB: tags',
      token: 'WRITER',
      body: () =>
        text({
          query: 'mutation ($i: UpsertClientInput!) { upsertClient(input: $i) { result } }',
          variables: { i: { trackingId: 'worst-1', name: 'x', tags: listOf(100_000, (i) => `t${i}`) } },
        }),
    },
    {
      name: '1 MB: account team',
      token: 'WRITER',
      body: () =>
        text({
          query: 'mutation ($i: UpsertClientInput!) { upsertClient(input: $i) { result } }',
          variables: {
            i: {
              trackingId: 'worst-1',
              name: 'x',
              accountTeam: listOf(20_000, (i) => ({ employee: { id: `Employee_${i}` }, role: 'x' })),
            },
          },
        }),
    },
    {
      name: '79 × patchClient { contacts(250) { adminNotes } }',
      token: 'WRITER',
      body: (turn) =>
        text({
          query: `mutation { ${times(79, (i) => `a${i}: patchClient(by: { id: ${text(crowded)} }, input: { npsScore: ${(turn + i) % 100} }) { client { contacts(first: 250) { nodes { adminNotes } } } }`)} }`,
        }),
    },
    {
      name: '100 × upsertClient, each new',
      token: 'WRITER',
      body: (turn) =>
        text({
          query: `mutation { ${times(100, (i) => `a${i}: upsertClient(input: { trackingId: "worst-${turn}-${i}", name: "Worst ${turn} ${i}", tags: ["a", "b"] }) { result client { id } }`)} }`,
        }),
    },
    {
      name: '100 × upsertClient with full notes of 9 KB, the same clients',
      token: 'WRITER',
      body: (turn) =>
        text({
          query: `mutation (${times(100, (i) => `$i${i}: UpsertClientInput!`)}) { ${times(100, (i) => `a${i}: upsertClient(input: $i${i}) { result client { note } }`)} }`,
          variables: Object.fromEntries(
            listOf(100, (i) => [
              `i${i}`,
              { trackingId: `worst-same-${i}`, name: 'Worst', note: `${turn} ${'n'.repeat(9000)}` },
            ]),
          ),
        }),
    },
    {
      name: 'createClient with 250 contacts',
      token: 'WRITER',
      body: (turn) =>
        text({
          query:
            'mutation ($i: CreateClientInput!) { createClient(input: $i) { client { id contacts(first: 250) { nodes { id lastName } } } } }',
          variables: {
            i: {
              name: `Worst crowd ${turn}`,
              allowDuplicateContacts: true,
              contacts: listOf(250, (i) => ({
                firstName: `F${turn}`,
                lastName: `L${i}`,
                role: { id: roleId },
                email: `worst${turn}.${i}@example.com`,
              })),
            },
          },
        }),
    },
    {
      name: 'createClient with 250 contacts of 3 KB notes',
      token: 'WRITER',
      body: (turn) =>
        text({
          query:
            'mutation ($i: CreateClientInput!) { createClient(input: $i) { client { id contacts(first: 250) { nodes { notes } } } } }',
          variables: {
            i: {
              name: `Worst crowd ${turn}`,
              contacts: listOf(250, (i) => ({
                firstName: `G${turn}`,
                lastName: `L${i}`,
                role: { id: roleId },
                notes: 'n'.repeat(3000),
              })),
            },
          },
        }),
    },
    {
      name: 'createClient with 8,000 contacts',
      token: 'WRITER',
      body: (turn) =>
        text({
          query: 'mutation ($i: CreateClientInput!) { createClient(input: $i) { client { id } } }',
          variables: {
            i: {
              name: `Worst crowd ${turn}`,
              contacts: listOf(8_000, (i) => ({ firstName: `H${turn}`, lastName: `L${i}`, role: { id: roleId } })),
            },
          },
        }),
    },
    {
      name: '250 tags of 100 characters, 50 external ids, 900 KB of notes',
      token: 'WRITER',
      body: (turn) =>
        text({
          query: `mutation (${times(10, (i) => `$i${i}: UpsertClientInput!`)}) { ${times(10, (i) => `a${i}: upsertClient(input: $i${i}) { result client { tags } }`)} }`,
          variables: Object.fromEntries(
            listOf(10, (i) => [
              `i${i}`,
              {
                trackingId: `worst-wide-${i}`,
                name: 'Worst',
                note: `${turn}${'n'.repeat(60_000)}`,
                tags: listOf(250, (j) => `${turn}-${j}-${'t'.repeat(80)}`),
                externalIds: listOf(50, (j) => ({ system: `s${j}`, id: `${i}-${j}` })),
              },
            ]),
          ),
        }),
    },
    {
      name: '100 × deleteClient and restoreClient of the parent of a thousand',
      token: 'WRITER',
      body: () =>
        text({
          query: `mutation { ${times(50, (i) => `d${i}: deleteClient(by: { id: ${text(parent)} }) { client { id } } r${i}: restoreClient(by: { id: ${text(parent)} }) { client { id children(first: 250) { totalCount } } }`)} }`,
        }),
    },
    {
      name: 'mergeClients: a client with 100 contacts into another',
      token: 'WRITER',
      rounds: 2,
      body: (turn) => mergeBody(facts, turn),
      prepare: (ask) => prepareMerges(ask, facts),
    },
    {
      name: 'ill-formed e-mails in 100 upserts',
      token: 'WRITER',
      body: () =>
        text({
          query: `mutation (${times(100, (i) => `$i${i}: UpsertClientInput!`)}) { ${times(100, (i) => `a${i}: upsertClient(input: $i${i}) { result }`)} }`,
          variables: Object.fromEntries(
            listOf(100, (i) => [
              `i${i}`,
              {
                trackingId: `worst-ill-${i}`,
                name: 'x',
                email: `${'a.'.repeat(4000)}@`,
                phone: `+${'1'.repeat(1000)}`,
              },
            ]),
          ),
        }),
    },
    // Callers that do not read, or go.
    query('never read: clients(150) { note }', '{ clients(first: 150) { nodes { note } } }', { how: 'stall' }),
    query('gone after 30 ms: clients(150) { note }', '{ clients(first: 150) { nodes { note } } }', {
      how: 'leave',
      after: 30,
    }),
    query(
      'gone after 150 ms: notes and an error',
      '{ clients(first: 150) { nodes { note } } bad: clients(first: 999) { nodes { id } } }',
      { how: 'leave', after: 150 },
    ),
    query(
      'gone after 100 ms: 100 × contains, counted',
      `{ ${times(100, (i) => `a${i}: clients(first: 1, filter: { companyName: { contains: "zz${i}" } }) { totalCount }`)} }`,
      { how: 'leave', after: 100 },
    ),
    query('100 kept connections: viewer', '{ viewer { firm } }', { callers: 100 }),
    // With five hundred fields of the firm's own.
    query('39 × 500 typed values', '{ clients(first: 39) { nodes { customFieldValues { key } } } }', { phase: 2 }),
    query('250 × 500 typed values', '{ clients(first: 250) { nodes { customFieldValues { key } } } }', { phase: 2 }),
    query(
      '39 × 500 typed values, all of each',
      '{ clients(first: 39) { nodes { customFieldValues { key field { id key name type order } ... on TextFieldValue { text } ... on NumberFieldValue { number } ... on MultiSelectFieldValue { options { key label } } } } } }',
      { phase: 2 },
    ),
    query(
      '20 × 500 fields, each with its options',
      '{ clients(first: 6) { nodes { customFieldValues { field { options { id key label } } } } } }',
      { phase: 2 },
    ),
    query(
      '100 × customFields { options }',
      `{ ${times(100, (i) => `a${i}: customFields { options { id key label order archived } }`)} }`,
      { phase: 2 },
    ),
    query('clients(250) { customFields }, 500 fields', '{ clients(first: 250) { nodes { customFields } } }', {
      phase: 2,
    }),
    query(
      'clients(250) { 100 × customFields }, 500 fields',
      `{ clients(first: 250) { nodes { ${times(100, (i) => `a${i}: customFields`)} } } }`,
      { phase: 2 },
    ),
    query(
      '78 × 250 children { customFields }, 500 fields',
      `{ clients(first: 77, filter: { parent: { equals: { id: ${text(parent)} } } }) { nodes { parent { children(first: 250) { nodes { customFields } } } } } }`,
      { phase: 2 },
    ),
    query(
      '200 conditions on custom fields',
      'query ($f: ClientFilter) { clients(first: 250, filter: $f) { totalCount nodes { id } } }',
      {
        phase: 2,
        variables: { f: { and: [{ customFields: listOf(150, (i) => ({ key: `f${i}`, contains: 'a' })) }] } },
      },
    ),
    {
      name: '13 × upsertClient with 500 custom fields of 100 characters',
      token: 'WRITER',
      phase: 2,
      body: (turn) =>
        text({
          query: `mutation (${times(13, (i) => `$i${i}: UpsertClientInput!`)}) { ${times(13, (i) => `a${i}: upsertClient(input: $i${i}) { result client { customFields } }`)} }`,
          variables: Object.fromEntries(
            listOf(13, (i) => [
              `i${i}`,
              {
                trackingId: `worst-fields-${i}`,
                name: 'Worst',
                customFields: Object.fromEntries(listOf(480, (j) => [`f${j}`, `${turn} ${'v'.repeat(100)}`])),
              },
            ]),
          ),
        }),
    },
    {
      name: 'upsertClient with 14 custom fields of 65,536 characters',
      token: 'WRITER',
      phase: 2,
      body: (turn) =>
        text({
          query: 'mutation ($i: UpsertClientInput!) { upsertClient(input: $i) { result client { customFields } } }',
          variables: {
            i: {
              trackingId: 'worst-long',
              name: 'Worst',
              customFields: Object.fromEntries(listOf(14, (j) => [`f${j}`, `${turn} ${'v'.repeat(65_000)}`])),
            },
          },
        }),
    },
  ];

  function deepFilter() {
    let filter = { or: listOf(90, (i) => ({ name: { contains: `e${i}` } })) };
    for (let depth = 0; depth < 8; depth++) filter = { not: filter };
    return filter;
  }

  /** Fields of one key at one place, below each other: what the check of overlapping fields compares. */
  function overlapping() {
    const inner = times(
      5,
      () => `contacts(first: 1) { nodes { ${times(5, () => `client { ${times(10, () => 'id name')} }`)} } }`,
    );
    return times(3, () => `clients(first: 1) { nodes { ${inner} } }`);
  }

  function overlappingFragments(turn) {
    const fragments = times(
      60,
      (i) =>
        `fragment f${i} on Client { parent { ${times(8, (j) => `a${j % 3}: name`)} } ${i < 40 ? `contacts(first: 1) { nodes { ...c${i % 20} } }` : ''} }`,
    );
    const inner = times(20, (i) => `fragment c${i} on ClientContact { id lastName client { id name } }`);
    return `query q${turn} { clients(first: 1) { nodes { ${times(60, (i) => `...f${i}`)} } } } ${fragments} ${inner}`;
  }
}

function mergeBody({ merges }, turn) {
  const [sourceId, targetId] = merges[turn % merges.length] ?? [];
  return text({
    query:
      'mutation ($s: ID!, $t: ID!) { mergeClients(source: { id: $s }, target: { id: $t }) { client { id contacts(first: 250) { totalCount nodes { id } } } } }',
    variables: { s: sourceId, t: targetId },
  });
}

/** Forty pairs of clients: the first has many contacts. */
async function prepareMerges(ask, facts) {
  facts.merges = [];
  for (let pair = 0; pair < 40; pair++) {
    const made = await ask('WRITER', {
      query:
        'mutation ($a: CreateClientInput!, $b: CreateClientInput!) { a: createClient(input: $a) { client { id } } b: createClient(input: $b) { client { id } } }',
      variables: {
        a: {
          name: `Worst source ${pair}`,
          note: facts.notes.ascii.slice(0, 30_000),
          contacts: listOf(100, (i) => ({ firstName: `M${pair}`, lastName: `Of ${i}`, role: { id: facts.roleId } })),
        },
        b: { name: `Worst target ${pair}`, note: facts.notes.ascii.slice(0, 30_000) },
      },
    });
    facts.merges.push([made.a.client.id, made.b.client.id]);
  }
}

/** Three hundred changes of one note, so that its history is long. */
export async function prepareHistory(ask, { edited, notes }) {
  for (let turn = 0; turn < 300; turn++) {
    await ask('WRITER', {
      query:
        'mutation ($id: ID!, $note: String) { patchClient(by: { id: $id }, input: { note: $note }) { client { id } } }',
      variables: { id: edited, note: `${turn} ${notes.ascii.slice(10)}` },
    });
  }
}

/** Five hundred fields for clients, twenty of them with a thousand options, and values of them all for a page of clients. */
export async function prepareFields(ask, { firstClients, children }, clients) {
  const made = await ask('ADMIN', { query: '{ customFields(entity: CLIENT) { id } }' });
  const count = 500 - made.customFields.length;
  for (let index = 0; index < count; index++) {
    const many = index >= count - 20;
    await ask('ADMIN', {
      query: 'mutation ($i: CreateCustomFieldInput!) { createCustomField(input: $i) { customField { id } } }',
      variables: {
        i: {
          entity: 'CLIENT',
          key: `f${index}`,
          name: `Field ${index}`,
          type: many ? 'MULTI_SELECT' : 'TEXT',
          ...(many
            ? { options: listOf(1_000, (option) => ({ key: `option${option}`, label: `Option ${option}` })) }
            : {}),
        },
      },
    });
  }
  const values = Object.fromEntries(
    listOf(count, (index) => [
      `f${index}`,
      index >= count - 20 ? ['option1', 'option999'] : `value ${index} of a custom field`,
    ]),
  );
  for (const id of [...firstClients.slice(0, 250), ...children.slice(0, 250)].slice(0, clients)) {
    await ask('WRITER', {
      query:
        'mutation ($id: ID!, $f: JSONObject) { patchClient(by: { id: $id }, input: { customFields: $f }) { client { id } } }',
      variables: { id, f: values },
    });
  }
}
