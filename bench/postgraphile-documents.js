/** Parts of PostGraphile's documents, over Clientele's tables and over plain ones. Results have the same shape. */

/** Over Clientele's tables, every list has to select the firm and leave out deleted rows. */
export function overOurTables({ firmId, groupId, fieldNumbers }) {
  const live = 'condition: { firmId: $firm, deletedAt: null }';
  const contact = 'id: rowId firstName lastName email role: contactRoleByFirmIdAndRoleId { name }';
  const brief =
    'id: rowId trackingId name status tags clientGroup: clientGroupByFirmIdAndClientGroupId { id: rowId name }';
  return {
    way: 'postgraphile',
    contact,
    brief,
    whole: `${brief} customFields contacts: clientContactsByFirmIdAndClientId(
      first: 3, orderBy: [SORT_NAME_ASC, ROW_ID_ASC], condition: { deletedAt: null }) { nodes { ${contact} } }`,
    declares: ['$firm: Int!'],
    variables: { firm: firmId },
    clients: (args) => `allClients(${args}, orderBy: [NAME_FOLDED_ASC, ROW_ID_ASC], ${live})`,
    contacts: (args) => `allClientContacts(${args}, orderBy: [SORT_NAME_ASC, ROW_ID_ASC], ${live})`,
    client: 'clientByFirmIdAndTrackingId(firmId: $firm, trackingId: $trackingId)',
    /** Calls a function that stands in for a filter. */
    call: (name, args) => `${name}(firm: $firm, ${args})`,
    field: (key) => fieldNumbers[key],
    fieldType: 'Int',
    valueType: 'String',
    valuesOf: ({ customFields }) =>
      Object.fromEntries(Object.entries(fieldNumbers).map(([key, id]) => [key, customFields[id] ?? null])),
    upsertInput: ({ trackingId, name, tags, note }) => ({
      firm: firmId,
      inGroup: groupId,
      tracked: trackingId,
      called: name,
      labels: tags,
      remark: note,
    }),
  };
}

export function overPlainTables() {
  const contact = 'id: rowId firstName lastName email role: contactRoleByRoleId { name }';
  const brief = 'id: rowId trackingId name status tags clientGroup: clientGroupByClientGroupId { id: rowId name }';
  return {
    way: 'postgraphilePlain',
    contact,
    brief,
    whole: `${brief} customFields: customFieldValuesByClientId { nodes { value field: customFieldByFieldId { key } } }
      contacts: contactsByClientId(first: 3, orderBy: [LAST_NAME_ASC, FIRST_NAME_ASC, ROW_ID_ASC]) { nodes { ${contact} } }`,
    declares: [],
    variables: {},
    clients: (args) => `allClients(${args}, orderBy: [NAME_ASC, ROW_ID_ASC])`,
    contacts: (args) => `allContacts(${args}, orderBy: [LAST_NAME_ASC, FIRST_NAME_ASC, ROW_ID_ASC])`,
    client: 'clientByTrackingId(trackingId: $trackingId)',
    call: (name, args) => `${name}(${args})`,
    field: (key) => key,
    fieldType: 'String',
    valueType: 'JSON',
    valuesOf: ({ customFields: { nodes } }) => Object.fromEntries(nodes.map(({ field, value }) => [field.key, value])),
    upsertInput: (input) => input,
  };
}
