/**
 * Real request bodies of the systems that clients come from, each put through the mapping of the system (src/systems) and
 * asserted as the whole record that comes of it, and as the body that the record makes again.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Values } from '../src/fields/kind.ts';
import { type Mapping, systems } from '../src/systems/index.ts';
import anduinBodies from './examples/anduin-upsert-client.json' with { type: 'json' };
import assemblyBodies from './examples/assembly-create-client.json' with { type: 'json' };
import clientsuccessBody from './examples/clientsuccess-patch-client.json' with { type: 'json' };
import proconveyBody from './examples/proconvey-create-client.json' with { type: 'json' };
import trackopsCreate from './examples/trackops-create-contact.json' with { type: 'json' };
import trackopsUpdate from './examples/trackops-update-contact.json' with { type: 'json' };
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { finished } from './support/cli.ts';
import { make } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  firm = await app.firm();
});

const WHOLE = `query ($id: ID!) { client(by: { id: $id }) {
  trackingId name status active invitationStatus tags note websiteUrl logoUrl avatarUrl inceptionDate terminatedDate
  address { line1 line2 line3 city region postalCode country uprn fullAddress } timezone externalIds { system id }
  npsScore email phone altPhone companyName assignedSalesRepName
  communicationPreferences { email phone sms post }
  person { title firstName middleName lastName pronouns dateOfBirth nationality nationalInsuranceNumber occupation }
  clientGroup { name KEYS } region { name KEYS } type { name KEYS } successCycle { name KEYS } assignedCsm { name KEYS }
  assignedSalesRep { name KEYS } createdBy { name KEYS } modifiedBy { name KEYS } primaryContact { lastName KEYS }
  parent { name KEYS } accountTeam { employee { name KEYS } role } customFields revision
} }`.replaceAll('KEYS', 'externalIds { system id }');

/** A client that has nothing but its defaults. */
const plain = {
  trackingId: null,
  status: 'ACTIVE',
  active: true,
  invitationStatus: 'NOT_INVITED',
  tags: [],
  note: null,
  websiteUrl: null,
  logoUrl: null,
  avatarUrl: null,
  inceptionDate: null,
  terminatedDate: null,
  address: null,
  timezone: null,
  externalIds: [],
  npsScore: null,
  email: null,
  phone: null,
  altPhone: null,
  companyName: null,
  assignedSalesRepName: null,
  communicationPreferences: null,
  person: null,
  clientGroup: { name: 'Unassigned', externalIds: [] },
  region: null,
  type: null,
  successCycle: null,
  assignedCsm: null,
  assignedSalesRep: null,
  createdBy: null,
  modifiedBy: null,
  primaryContact: null,
  parent: null,
  accountTeam: [],
  customFields: {},
  revision: 1,
};

/** A person of whom nothing is known. */
const somebody = {
  title: null,
  firstName: null,
  middleName: null,
  lastName: null,
  pronouns: null,
  dateOfBirth: null,
  nationality: null,
  nationalInsuranceNumber: null,
  occupation: null,
};

/** The client as it is read, with every field. */
async function whole({ id }: { id: string }) {
  return (await firm.ok(WHOLE, { id })).client;
}

const { anduin, assembly, clientsuccess, trackops, proconvey } = systems;

/** The mutation for a body: an upsert, or a creation where the system's own call creates a record without an id. */
function mutationFor(system: Mapping, body: Values) {
  const { items, unmapped } = system.read(body);
  expect(unmapped).toEqual([]);
  const { by, allowDuplicates = false, ...input } = items[0] ?? {};
  const type = system.entity === 'client' ? 'Client' : 'ClientContact';
  const selection = `${type.charAt(0).toLowerCase()}${type.slice(1)} { id }`;
  const creates = system.withoutKey === 'CREATED' && by === undefined;
  const declared = [
    ...(creates ? [`$input: Create${type}Input!`] : [`$by: ${type}Key, $input: Upsert${type}Input!`]),
    ...(type === 'ClientContact' ? ['$allowDuplicates: Boolean!'] : []),
  ].join(', ');
  const passed = declared.replaceAll(/\$(\w+): [\w!]+/g, '$1: $$$1');
  const document = creates
    ? `mutation (${declared}) { answer: create${type}(${passed}) { ${selection} } }`
    : `mutation (${declared}) { answer: upsert${type}(${passed}) { result changedFields ${selection} } }`;
  return [document, { by, input, allowDuplicates }] as const;
}

/** What the server answers to a body, as a WRITER. */
const send = async (system: Mapping, body: Values) => (await firm.ok(...mutationFor(system, body), 'WRITER')).answer;
/** The error that it answers. */
const fails = (system: Mapping, body: Values) => firm.fails(...mutationFor(system, body), 'WRITER');

/** External ids of the system. */
const numbered = (system: string, id: string | number) => ({ externalIds: [{ system, id: String(id) }] });

describe('Anduin', () => {
  const harbourPoint = {
    ...plain,
    trackingId: 'CRM-000417',
    name: 'Harbour Point Partners LP',
    tags: ['limited-partner', '2026-vintage'],
    note: 'Introduced by the Boston office',
  };

  it('creates the client by its first call', async () => {
    const { result, client } = await send(anduin, anduinBodies.create);
    expect(result).toBe('CREATED');
    expect(await whole(client)).toEqual(harbourPoint);
  });

  it('changes nothing by the same call again', async () => {
    const { client } = await send(anduin, anduinBodies.create);
    expect(await send(anduin, anduinBodies.replay)).toEqual({ result: 'UPDATED', changedFields: [], client });
    expect(await whole(client)).toEqual(harbourPoint);
  });

  it('changes what is sent, and keeps the rest', async () => {
    const { client } = await send(anduin, anduinBodies.create);
    expect(await send(anduin, anduinBodies.update)).toEqual({ result: 'UPDATED', changedFields: ['tags'], client });
    expect(await whole(client)).toEqual({ ...harbourPoint, tags: [], revision: 2 });
  });

  it('is refused without a tracking ID, which the answer names', async () => {
    expect(await fails(anduin, anduinBodies.refused)).toMatchObject({
      status: 400,
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'trackingId'], code: 'BAD_USER_INPUT' }] },
    });
    expect((await firm.ok('{ clients { totalCount } }')).clients.totalCount).toBe(0);
  });

  it('puts the client into the group of its id, and moves it', async () => {
    await make(firm, 'ClientGroup', { name: 'Limited partners', ...numbered('anduin', 'g-1') });
    await make(firm, 'ClientGroup', { name: 'Sponsors', ...numbered('anduin', 'g-2') });
    const { client } = await send(anduin, { ...anduinBodies.create, clientGroupId: 'g-1' });
    expect((await whole(client)).clientGroup.name).toBe('Limited partners');
    const moved = { trackingId: 'CRM-000417', clientGroupId: 'g-2' };
    expect((await send(anduin, moved)).changedFields).toEqual(['clientGroup']);
    const held = await whole(client);
    expect(held.clientGroup.name).toBe('Sponsors');
    expect(anduin.write(held)).toEqual({ ...anduinBodies.create, clientGroupId: 'g-2' });
  });

  it('has its body back', async () => {
    const { client } = await send(anduin, anduinBodies.create);
    expect(anduin.write(await whole(client))).toEqual(anduinBodies.create);
  });
});

describe('Assembly', () => {
  beforeEach(async () => {
    for (const definition of assemblyBodies.customFieldDefinitions) {
      const [input] = assembly.definitions.read(definition).items;
      await make(firm, 'CustomField', input ?? {});
    }
  });

  const amara = {
    ...plain,
    name: 'Amara Okafor',
    person: { ...somebody, firstName: 'Amara', lastName: 'Okafor' },
    email: 'amara.okafor@example.com',
  };

  it('defines its custom fields, which are read back with their options', async () => {
    const query = '{ customFields(entity: CLIENT) { name key type order options { key label color } } }';
    const types = ['MULTI_SELECT', 'TEXT', 'PHONE_NUMBER', 'ADDRESS'];
    expect((await firm.ok(query)).customFields).toEqual(
      assemblyBodies.customFieldDefinitions.map((definition, index) => ({
        options: [],
        ...definition,
        type: types[index],
      })),
    );
  });

  it('creates a person with values of them, which are read back as they were sent', async () => {
    const { client } = await send(assembly, assemblyBodies.createClient);
    expect(await whole(client)).toEqual({ ...amara, customFields: assemblyBodies.createClient.customFields });
  });

  it('may give an address as plain text', async () => {
    const { client } = await send(assembly, assemblyBodies.createClientWithTextAddress);
    expect(await whole(client)).toEqual({
      ...amara,
      email: 'amara2@example.com',
      customFields: {
        services: null,
        pronouns: null,
        phoneNumber: null,
        address: { fullAddress: '1201 Broadway, New York' },
      },
    });
  });

  it('has its bodies back, and its definitions', async () => {
    for (const body of [assemblyBodies.createClient, assemblyBodies.createClientWithTextAddress]) {
      const { client } = await send(assembly, body);
      expect(assembly.write(await whole(client))).toEqual(body);
    }
    const { customFields } = await firm.ok(
      '{ customFields(entity: CLIENT) { name key type order options { key label color } } }',
    );
    const definitions = customFields.map((definition: Values) => assembly.definitions.write(definition));
    expect(definitions).toEqual(assemblyBodies.customFieldDefinitions.map((field) => ({ options: [], ...field })));
  });
});

describe('ClientSuccess', () => {
  const patch = (body: Values) => send(clientsuccess, { externalId: 'NW-77', ...body });

  beforeEach(async () => {
    for (const input of [
      { name: 'Next renewal date', key: 'Next_Renewal_Date__cs', type: 'DATE' },
      { name: 'Attended the user webinar', key: 'attended_user_webinar__cs', type: 'BOOLEAN' },
    ]) {
      await make(firm, 'CustomField', input);
    }
    const input = {
      name: 'Northwind',
      status: 'TERMINATED',
      active: false,
      terminatedDate: '2025-12-31',
      tags: ['kept'],
      address: { line2: 'Kept', city: 'Salem' },
      externalIds: [
        { system: 'external', id: 'NW-77' },
        { system: 'zendesk', id: 'old' },
        { system: 'crm', id: 'kept' },
      ],
      customFields: { attended_user_webinar__cs: false },
    };
    const { id } = await make(firm, 'Client', input);
    const { id: role } = await make(firm, 'ContactRole', { name: 'Buyer' });
    const contact = { client: { id }, role: { id: role }, lastName: 'Okoro' };
    await make(firm, 'ClientContact', { ...contact, ...numbered('clientsuccess', 9001) });
    for (const [type, number, name] of [
      ['Region', 7, 'West'],
      ['SuccessCycle', 3, 'Onboarding'],
      ['Client', 550, 'Northwind Group'],
      ['Employee', 101, 'Ann Lee'],
      ['Employee', 102, 'Bo Park'],
      ['Employee', 103, 'Cy Young'],
      ['Employee', 104, 'Dana Whitfield'],
    ] as const) {
      await make(firm, type, { name, ...numbered('clientsuccess', number) });
    }
    await make(firm, 'ClientType', { name: 'Enterprise' });
  });

  const northwind = {
    ...plain,
    name: 'Northwind Analytics',
    tags: ['kept'],
    note: 'Prefers calls on Thursdays',
    websiteUrl: 'https://northwind.example.com',
    logoUrl: 'https://northwind.example.com/logo.png',
    inceptionDate: '2024-04-01',
    address: {
      line1: '12 Wharf Road',
      line2: 'Kept',
      line3: null,
      city: 'Portland',
      region: 'OR',
      postalCode: '97201',
      country: 'US',
      uprn: null,
      fullAddress: '12 Wharf Road\nKept\nPortland, OR, 97201\nUS',
    },
    timezone: 'America/Los_Angeles',
    externalIds: [
      { system: 'external', id: 'NW-77' },
      { system: 'zendesk', id: 'zd-90210' },
      { system: 'crm', id: 'kept' },
      { system: 'salesforce', id: '0015g00000XyZabAAB' },
      { system: 'freshdesk', id: 'fd-18' },
      { system: 'usage', id: 'northwind' },
      { system: 'stripe', id: 'cus_NffrFeUfNV2Hib' },
      { system: 'status', id: 'st-5' },
    ],
    npsScore: 42,
    assignedSalesRepName: 'Dana Whitfield',
    region: { name: 'West', ...numbered('clientsuccess', 7) },
    type: { name: 'Enterprise', externalIds: [] },
    successCycle: { name: 'Onboarding', ...numbered('clientsuccess', 3) },
    createdBy: { name: 'Ann Lee', ...numbered('clientsuccess', 101) },
    modifiedBy: { name: 'Bo Park', ...numbered('clientsuccess', 102) },
    assignedCsm: { name: 'Cy Young', ...numbered('clientsuccess', 103) },
    assignedSalesRep: { name: 'Dana Whitfield', ...numbered('clientsuccess', 104) },
    primaryContact: { lastName: 'Okoro', ...numbered('clientsuccess', 9001) },
    parent: { name: 'Northwind Group', ...numbered('clientsuccess', 550) },
    accountTeam: [{ employee: { name: 'Cy Young', ...numbered('clientsuccess', 103) }, role: 'Executive sponsor' }],
    customFields: { Next_Renewal_Date__cs: '2027-03-31', attended_user_webinar__cs: true },
    revision: 2,
  };

  it('sets what the body holds, clears what is null in it, and keeps the rest', async () => {
    const { client, changedFields } = await patch(clientsuccessBody);
    expect(await whole(client)).toEqual(northwind);
    expect(changedFields).toContain('terminatedDate');
    expect(changedFields).not.toContain('tags');
  });

  it('changes nothing by the same body again', async () => {
    const { client } = await patch(clientsuccessBody);
    expect(await patch(clientsuccessBody)).toEqual({ result: 'UPDATED', changedFields: [], client });
    expect(await whole(client)).toEqual(northwind);
  });

  it('has its body back', async () => {
    const { client } = await patch(clientsuccessBody);
    expect(clientsuccess.write(await whole(client))).toEqual(clientsuccessBody);
  });

  it('changes single parts of what Clientele keeps together', async () => {
    await patch(clientsuccessBody);
    const body = { zip: null, stripeId: null, freshdeskId: 'fd-19', custom: { Next_Renewal_Date__cs: null } };
    const { client, changedFields } = await patch(body);
    expect(changedFields.sort()).toEqual(['address', 'customFields', 'externalIds']);
    expect(await whole(client)).toEqual({
      ...northwind,
      address: { ...northwind.address, postalCode: null, fullAddress: '12 Wharf Road\nKept\nPortland, OR\nUS' },
      externalIds: northwind.externalIds
        .filter(({ system }) => system !== 'stripe')
        .map((one) => (one.system === 'freshdesk' ? { ...one, id: 'fd-19' } : one)),
      customFields: { Next_Renewal_Date__cs: null, attended_user_webinar__cs: true },
      revision: 3,
    });
  });
});

describe('ClientSuccess and its types', () => {
  it('go by the number where there is one, else by the title', async () => {
    const { id } = await make(firm, 'Client', { name: 'Northwind', ...numbered('external', 'NW-77') });
    await make(firm, 'ClientType', { name: 'Start-up', ...numbered('clientsuccess', 12) });
    const patch = async (body: Values) => {
      await send(clientsuccess, { externalId: 'NW-77', ...body });
      return (await whole({ id })).type?.name ?? null;
    };
    expect(await patch({ clientTypeId: 12, clientTypeTitle: 'Never heard of' })).toBe('Start-up');
    expect(await patch({ clientTypeId: null, clientTypeTitle: null })).toBeNull();
    expect(await patch({ clientTypeId: null, clientTypeTitle: 'start-up' })).toBe('Start-up');
    expect(await patch({ clientTypeTitle: null })).toBeNull();
    expect(await fails(clientsuccess, { externalId: 'NW-77', clientTypeTitle: 'Never heard of' })).toMatchObject({
      extensions: { fields: [{ path: ['input', 'type'], code: 'NOT_FOUND' }] },
    });
  });
});

describe('Trackops', () => {
  beforeEach(async () => {
    const { id } = await make(firm, 'Client', { name: 'Harbour Insurance' });
    const office = { client: { id }, name: 'Harbour office' };
    await make(firm, 'ClientLocation', { ...office, ...numbered('trackops', 12345) });
    await make(firm, 'ContactRole', { name: 'Claims', ...numbered('trackops', 6) });
  });

  const create = async (body: Values): Promise<string> => (await send(trackops, body)).clientContact.id;
  /** A body with the contact's number, which Trackops has in the path of an update. */
  const withId = ({ contact, ...body }: { contact: object }) => ({ ...body, contact: { id: 77, ...contact } });
  const wholeContact = async (id: string) =>
    (
      await firm.ok(
        `query ($id: ID!) { clientContact(by: { id: $id }) {
          client { name } location { name isPrimary externalIds { system id } } role { name externalIds { system id } }
          trackingId externalIds { system id } firstName middleName lastName title email
          address { line1 line2 line3 city region postalCode country } phoneHome phoneMobile phoneOffice phoneFax language
          birthday accountCode notes adminNotes salesperson { name } customFields revision
        } }`,
        { id },
      )
    ).clientContact;

  const susie = {
    client: { name: 'Harbour Insurance' },
    location: { name: 'Harbour office', isPrimary: false, ...numbered('trackops', 12345) },
    role: { name: 'Claims', ...numbered('trackops', 6) },
    trackingId: null,
    externalIds: [],
    firstName: 'Susie',
    middleName: 'B',
    lastName: 'Smith',
    title: 'Claims Adjuster',
    email: 'example@trackops.com',
    address: null,
    phoneHome: '555-555-55555',
    phoneMobile: '555-555-5555',
    phoneOffice: '+1 404-555-5555 x501',
    phoneFax: '999-999-9999',
    language: null,
    birthday: '1979-01-01',
    accountCode: '12345',
    notes: 'These are some general notes!',
    adminNotes: 'This is a VIP contact.',
    salesperson: null,
    customFields: {},
    revision: 1,
  };

  it('creates a contact at the location that `client_id` names', async () => {
    expect(await wholeContact(await create(trackopsCreate))).toEqual(susie);
  });

  it('is refused a contact of the same name, unless it allows duplicates', async () => {
    const id = await create(trackopsCreate);
    expect(await fails(trackops, trackopsCreate)).toMatchObject({
      status: 409,
      extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'lastName'], code: 'DUPLICATE', ids: [id] }] },
    });
    const twin = await create({ ...trackopsCreate, allow_duplicates: true });
    expect(await wholeContact(twin)).toEqual(susie);
  });

  it('changes what an update holds, and keeps the rest', async () => {
    const id = await create(withId(trackopsCreate));
    const [clientContact, result] = [{ id }, 'UPDATED'];
    expect(await send(trackops, withId(trackopsUpdate))).toEqual({
      result,
      changedFields: ['accountCode'],
      clientContact,
    });
    const { externalIds } = numbered('trackops', 77);
    expect(await wholeContact(id)).toEqual({ ...susie, externalIds, accountCode: '123456', revision: 2 });
    expect(await send(trackops, withId(trackopsUpdate))).toEqual({ result, changedFields: [], clientContact });
  });

  it('may give an address and a language, and has its body back', async () => {
    const address = { address_1: '1 Pier', address_2: null, address_3: null, city: 'Boston', state: 'MA' };
    const contact = { ...trackopsCreate.contact, ...address, zip: '02110', country: 'US', language: 'es' };
    const held = await wholeContact(await create({ ...trackopsCreate, contact }));
    expect(held).toEqual({
      ...susie,
      address: {
        line1: '1 Pier',
        line2: null,
        line3: null,
        city: 'Boston',
        region: 'MA',
        postalCode: '02110',
        country: 'US',
      },
      language: 'es',
    });
    expect(trackops.write(held)).toEqual({ contact });
  });
});

describe('ProConvey', () => {
  const rhiannon = {
    ...plain,
    name: 'Rhiannon Pryce',
    person: { ...somebody, title: 'Ms', firstName: 'Rhiannon', lastName: 'Pryce' },
    email: 'rhiannon.pryce@example.com',
    phone: '+442079460958',
    address: {
      line1: 'Flat 2',
      line2: '18 Cathedral Road',
      line3: null,
      city: 'Cardiff',
      region: 'South Glamorgan',
      postalCode: 'CF11 9LJ',
      country: 'GB',
      uprn: '100100012345',
      fullAddress: 'Flat 2\n18 Cathedral Road\nCardiff, South Glamorgan, CF11 9LJ\nGB',
    },
  };

  it('creates a private person with an address in the UK', async () => {
    const { client } = await send(proconvey, proconveyBody);
    expect(await whole(client)).toEqual(rhiannon);
  });

  it('has an answer back with all that ProConvey knows of a person', async () => {
    const answer = {
      ...proconveyBody,
      id: '6b1f7f0e-2a53-4c55-9a35-6a1f6f0f7c11',
      status: 'SendFailed',
      middleName: 'Mair',
      altTelephoneNumber: '+442920180000',
      pronouns: 'she/her',
      communicationPreferences: { email: true, phone: false, sms: true, post: false },
      avatarUrl: 'https://example.com/rhiannon.png',
      dob: '1984-05-09',
      nationality: 'British',
      niNumber: 'AB123456C',
      occupation: 'Surveyor',
    };
    const { client } = await send(proconvey, answer);
    const held = await whole(client);
    expect(held).toMatchObject({ status: 'ACTIVE', invitationStatus: 'SEND_FAILED', revision: 1 });
    expect(proconvey.write(held)).toEqual(answer);
    await send(proconvey, { id: answer.id, status: 'Closed', lastName: 'Lloyd', firstName: 'Rhiannon' });
    expect(await whole(client)).toMatchObject({
      status: 'CLOSED',
      invitationStatus: 'SEND_FAILED',
      name: 'Rhiannon Lloyd',
    });
    await send(proconvey, { id: answer.id, status: 'Active' });
    expect(await whole(client)).toMatchObject({ status: 'ACTIVE', invitationStatus: 'ACCEPTED' });
  });
});

describe('the push of docs/systems.md', () => {
  /** Runs it as it stands in the document, with a file of the bodies. */
  async function push(from: string, bodies: readonly Values[]) {
    const document = await readFile(new URL('../docs/systems.md', import.meta.url), 'utf8');
    const [, script = ''] = /```js\n(.*?)```/s.exec(document) ?? [];
    const file = join(await mkdtemp(join(tmpdir(), 'push-')), 'bodies.jsonl');
    await writeFile(file, bodies.map((body) => `${JSON.stringify(body)}\n`).join(''));
    const child = spawn(process.execPath, ['--input-type=module', '-', from, file], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { TOKEN: firm.tokens.WRITER, CLIENTELE_URL: url },
    });
    child.stdin.end(script);
    return finished(child);
  }
  let url: string;
  beforeAll(async () => {
    const listening = await app.listen();
    url = listening.url;
    return () => listening.close();
  });

  it('upserts what a file holds, and changes nothing the next night', async () => {
    const bodies = [anduinBodies.create, { trackingId: 'CRM-2', name: 'Second' }];
    for (const _night of [1, 2]) expect(await push('anduin', bodies)).toEqual({ code: 0, stdout: '', stderr: '' });
    const { clients } = await firm.ok('{ clients { nodes { trackingId revision } } }');
    expect(clients.nodes).toHaveLength(2);
    expect(clients.nodes).toContainEqual({ trackingId: 'CRM-000417', revision: 1 });
  });

  it('tells what is not mapped and what is refused, and does the rest', async () => {
    const contact = { id: 77, client_id: 12345, role_id: 6, last_name: 'Smith', mood: 'fine' };
    const client = { id: 1, name: 'Harbour', status: 'ACTIVE' };
    const bodies = [{ contact }, { contact: { ...contact, id: 78, client_id: 999 } }];
    expect(await push('clientsuccess', [client])).toEqual({ code: 0, stdout: '', stderr: '' });
    await make(firm, 'ContactRole', { name: 'Claims', ...numbered('trackops', 6) });
    const harbour = { client: { externalId: { system: 'clientsuccess', id: '1' } }, name: 'Office' };
    await make(firm, 'ClientLocation', { ...harbour, ...numbered('trackops', 12345) });
    const { code, stderr } = await push('trackops', bodies);
    expect(code).toBe(1);
    expect(stderr).toContain("line 1: contact.mood: Trackops's documents do not name it\n");
    expect(stderr).toMatch(/line 2: .*location/);
    const { clientContacts } = await firm.ok('{ clientContacts { nodes { lastName location { name } } } }');
    expect(clientContacts.nodes).toEqual([{ lastName: 'Smith', location: { name: 'Office' } }]);
  });
});
