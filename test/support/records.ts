/** One record of each kind, for tests that treat all kinds alike. */
import { CUSTOM_FIELD_TYPES } from '../../src/custom-values/types.ts';
import '../../src/kinds.ts';
import { publicName } from '../../src/fields/fields.ts';
import { kinds, type RecordKind } from '../../src/records/kind.ts';
import type { TestFirm } from './app.ts';

export interface Records {
  /** An id of each type that has ids. */
  ids: Record<string, string>;
  /** The keys of the custom fields of clients, one of each type. */
  keys: string[];
  /** What unique texts of these records contain. */
  mark: string;
}

/** Makes them, each with all the references it can have. Records of kinds that are not named here follow from their fields. */
export async function recordsOf(firm: TestFirm, mark = `mark-${firm.id}`): Promise<Records> {
  const ids: Records['ids'] = {};
  const keys: string[] = [];
  for (const type of Object.keys(CUSTOM_FIELD_TYPES)) {
    const options = type.endsWith('SELECT') ? [{ label: 'a' }, { label: 'b' }] : [];
    const trackingId = keys.length === 0 ? { trackingId: mark } : {};
    const field = await make(
      firm,
      'CustomField',
      { name: type, type, options, ...trackingId },
      'id key options { id }',
    );
    ids.CustomField ??= field.id;
    ids.CustomFieldOption = field.options[0]?.id ?? ids.CustomFieldOption;
    keys.push(field.key);
  }
  for (const type of ['ClientGroup', 'ClientType', 'ContactRole', 'Employee', 'Region', 'SuccessCycle']) {
    ids[type] = (await make(firm, type, { name: `${type} ${mark}`, ...identity(mark) })).id;
  }
  const employeeId = ids.Employee;
  const client = await make(firm, 'Client', {
    name: `Client ${mark}`,
    ...identity(mark),
    tags: [mark],
    clientGroup: { id: ids.ClientGroup },
    type: { id: ids.ClientType },
    region: { id: ids.Region },
    successCycle: { id: ids.SuccessCycle },
    assignedCsm: { id: employeeId },
    assignedSalesRep: { id: employeeId },
    createdBy: { id: employeeId },
    modifiedBy: { id: employeeId },
    accountTeam: [{ employee: { id: employeeId }, role: 'Lead' }],
    customFields: { text: mark },
  });
  ids.Client = client.id;
  ids.ClientLocation = (
    await make(firm, 'ClientLocation', {
      client: { id: client.id },
      name: mark,
      salesperson: { id: employeeId },
      ...identity(mark),
    })
  ).id;
  const contact = {
    location: { id: ids.ClientLocation },
    role: { id: ids.ContactRole },
    firstName: 'Contact',
    lastName: mark,
  };
  ids.ClientContact = (
    await make(firm, 'ClientContact', { ...contact, ...identity(mark), salesperson: { id: employeeId } })
  ).id;
  await make(firm, 'Client', { name: `Child of ${mark}`, parent: { id: client.id } });
  for (const kind of kinds()) {
    if (!(kind.model in ids)) ids[kind.model] = (await make(firm, kind.model, sampleOf(kind, ids, mark))).id;
  }
  const prime =
    'mutation ($id: ID!, $contact: ID!) { patchClient(by: { id: $id }, input: { primaryContact: { id: $contact }}) { client { id } } }';
  await firm.ok(prime, { id: client.id, contact: ids.ClientContact });
  return { ids, keys, mark };
}

/** What other systems know a record by. */
const identity = (mark: string) => ({ trackingId: mark, externalIds: [{ system: 'external', id: mark }] });

/** What a record of any further kind can be made of: all that it points at, and marked texts where they are required. */
function sampleOf({ fields }: RecordKind, ids: Records['ids'], mark: string): Record<string, unknown> {
  const values = Object.entries(fields).flatMap(([name, field]) => {
    if (field.kind === 'reference') return [[publicName(name, field), { id: ids[field.to] }]];
    return field.kind === 'text' && (field.required || name === 'trackingId') ? [[name, mark]] : [];
  });
  return Object.fromEntries(values);
}

/** Creates a record by the mutation that is named after its type. */
export async function make(firm: TestFirm, type: string, input: Record<string, unknown>, selection = 'id') {
  const name = type.charAt(0).toLowerCase() + type.slice(1);
  const document = `mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${name} { ${selection} } } }`;
  return (await firm.ok(document, { input }))[`create${type}`][name];
}
