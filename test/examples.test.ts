/**
 * Real request bodies of the systems that clients come from, each put through the mapping in test/examples and asserted
 * as the whole client that comes of it. The mappings are part of the documentation.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as anduin from './examples/anduin.ts';
import anduinBodies from './examples/anduin-upsert-client.json' with { type: 'json' };
import * as assembly from './examples/assembly.ts';
import assemblyBodies from './examples/assembly-create-client.json' with { type: 'json' };
import * as clientsuccess from './examples/clientsuccess.ts';
import clientsuccessBody from './examples/clientsuccess-patch-client.json' with { type: 'json' };
import * as proconvey from './examples/proconvey.ts';
import proconveyBody from './examples/proconvey-create-client.json' with { type: 'json' };
import * as trackops from './examples/trackops.ts';
import trackopsCreate from './examples/trackops-create-contact.json' with { type: 'json' };
import trackopsUpdate from './examples/trackops-update-contact.json' with { type: 'json' };
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
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
  clientGroup { name } region { name } type { name } successCycle { name } assignedCsm { name } assignedSalesRep { name }
  createdBy { name } modifiedBy { name } primaryContact { lastName } parent { name } accountTeam { employee { name } role }
  customFields revision
} }`;

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
  clientGroup: { name: 'Unassigned' },
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

describe('Anduin', () => {
  const upsert = async (body: anduin.AnduinClient) =>
    (await firm.ok(anduin.UPSERT_CLIENT, { input: anduin.toClienteleInput(body) }, 'WRITER')).upsertClient;

  const harbourPoint = {
    ...plain,
    trackingId: 'CRM-000417',
    name: 'Harbour Point Partners LP',
    tags: ['limited-partner', '2026-vintage'],
    note: 'Introduced by the Boston office',
  };

  it('creates the client by its first call', async () => {
    const { result, client } = await upsert(anduinBodies.create);
    expect(result).toBe('CREATED');
    expect(await whole(client)).toEqual(harbourPoint);
  });

  it('changes nothing by the same call again', async () => {
    const { client } = await upsert(anduinBodies.create);
    expect(await upsert(anduinBodies.replay)).toEqual({ result: 'UPDATED', changedFields: [], client });
    expect(await whole(client)).toEqual(harbourPoint);
  });

  it('changes what is sent, and keeps the rest', async () => {
    const { client } = await upsert(anduinBodies.create);
    expect(await upsert(anduinBodies.update)).toEqual({ result: 'UPDATED', changedFields: ['tags'], client });
    expect(await whole(client)).toEqual({ ...harbourPoint, tags: [], revision: 2 });
  });

  it('is refused without a tracking ID, which the answer names', async () => {
    const input = anduin.toClienteleInput(anduinBodies.refused);
    expect(await firm.fails(anduin.UPSERT_CLIENT, { input })).toMatchObject({
      status: 400,
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'trackingId'], code: 'BAD_USER_INPUT' }] },
    });
    expect((await firm.ok('{ clients { totalCount } }')).clients.totalCount).toBe(0);
  });
});

describe('Assembly', () => {
  const create = async (body: assembly.AssemblyClient) =>
    (await firm.ok(assembly.CREATE_CLIENT, { input: assembly.toClienteleInput(body) }, 'WRITER')).createClient.client;

  beforeEach(async () => {
    for (const definition of assemblyBodies.customFieldDefinitions) {
      await firm.ok(assembly.CREATE_CUSTOM_FIELD, { input: assembly.toCustomFieldInput(definition) });
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
    const client = await create(assemblyBodies.createClient);
    expect(await whole(client)).toEqual({ ...amara, customFields: assemblyBodies.createClient.customFields });
  });

  it('may give an address as plain text', async () => {
    const client = await create(assemblyBodies.createClientWithTextAddress);
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
});

describe('ClientSuccess', () => {
  /** The records that the body points at, under ClientSuccess's ids. */
  let ids: clientsuccess.ClientSuccessIds;
  const CREATE = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';

  /** Finds the client by the id that ClientSuccess gave out, as an integration would, and patches it. */
  const patch = async (externalId: string, body: clientsuccess.ClientSuccessClient) => {
    const { client } = await firm.ok(clientsuccess.FIND_CLIENT, { externalId });
    const input = clientsuccess.toClienteleInput(body, client, ids);
    const variables = { id: client.id, input, revision: client.revision };
    return (await firm.ok(clientsuccess.PATCH_CLIENT, variables, 'WRITER')).patchClient;
  };

  beforeEach(async () => {
    for (const input of [
      { name: 'Next renewal date', key: 'Next_Renewal_Date__cs', type: 'DATE' },
      { name: 'Attended the user webinar', key: 'attended_user_webinar__cs', type: 'BOOLEAN' },
    ]) {
      await firm.ok(
        'mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { customField { id } } }',
        { input },
      );
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
    const { id } = (await firm.ok(CREATE, { input })).createClient.client;
    const [role, region, cycle, parent] = await Promise.all([
      make(firm, 'ContactRole', { name: 'Buyer' }),
      make(firm, 'Region', { name: 'West' }),
      make(firm, 'SuccessCycle', { name: 'Onboarding' }),
      make(firm, 'Client', { name: 'Northwind Group', externalIds: [{ system: 'clientsuccess', id: '550' }] }),
    ]);
    const type = await make(firm, 'ClientType', { name: 'Enterprise' });
    await make(firm, 'ClientContact', {
      client: { id },
      role: { id: role.id },
      lastName: 'Okoro',
      trackingId: '9001',
    });
    const employees: Record<number, string> = {};
    for (const [employee, name] of [
      [101, 'Ann Lee'],
      [102, 'Bo Park'],
      [103, 'Cy Young'],
      [104, 'Dana Whitfield'],
    ] as const) {
      employees[employee] = (await make(firm, 'Employee', { name })).id;
    }
    const { clientContact } = await firm.ok(clientsuccess.FIND_CONTACT, { trackingId: '9001' });
    ids = {
      regions: { 7: region.id },
      employees,
      types: { 11: type.id },
      cycles: { 3: cycle.id },
      contacts: { 9001: clientContact.id },
      clients: { 550: parent.id },
    };
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
    region: { name: 'West' },
    type: { name: 'Enterprise' },
    successCycle: { name: 'Onboarding' },
    createdBy: { name: 'Ann Lee' },
    modifiedBy: { name: 'Bo Park' },
    assignedCsm: { name: 'Cy Young' },
    assignedSalesRep: { name: 'Dana Whitfield' },
    primaryContact: { lastName: 'Okoro' },
    parent: { name: 'Northwind Group' },
    accountTeam: [{ employee: { name: 'Cy Young' }, role: 'Executive sponsor' }],
    customFields: { Next_Renewal_Date__cs: '2027-03-31', attended_user_webinar__cs: true },
    revision: 2,
  };

  it('sets what the body holds, clears what is null in it, and keeps the rest', async () => {
    const { client, changedFields } = await patch('NW-77', clientsuccessBody);
    expect(await whole(client)).toEqual(northwind);
    expect(changedFields).toContain('terminatedDate');
    expect(changedFields).not.toContain('tags');
  });

  it('changes nothing by the same body again', async () => {
    const { client } = await patch('NW-77', clientsuccessBody);
    expect(await patch('NW-77', clientsuccessBody)).toEqual({ changedFields: [], client });
    expect(await whole(client)).toEqual(northwind);
  });

  it('changes single parts of what Clientele keeps together', async () => {
    await patch('NW-77', clientsuccessBody);
    const body = { zip: null, stripeId: null, freshdeskId: 'fd-19', custom: { Next_Renewal_Date__cs: null } };
    const { client, changedFields } = await patch('NW-77', body);
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
  /** A patch of nothing but the type, by whoever. */
  const patch = async (body: clientsuccess.ClientSuccessClient, role: 'ADMIN' | 'WRITER') => {
    const { client } = await firm.ok(clientsuccess.FIND_CLIENT, { externalId: 'NW-77' });
    const none = { regions: {}, employees: {}, cycles: {}, contacts: {}, clients: {} };
    const { clientTypes } = await firm.ok('{ clientTypes { nodes { id name } } }');
    const known = clientTypes.nodes.find(({ name }: { name: string }) => name === 'Start-up');
    const input = clientsuccess.toClienteleInput(body, client, { ...none, types: { 12: known.id } });
    return firm.run(clientsuccess.PATCH_CLIENT, { id: client.id, input, revision: client.revision }, role);
  };
  const type = async () => {
    const { client } = await firm.ok(
      '{ client(by: { externalId: { system: "external", id: "NW-77" } }) { type { name } } }',
    );
    return client.type?.name ?? null;
  };

  beforeEach(async () => {
    await make(firm, 'Client', { name: 'Northwind', externalIds: [{ system: 'external', id: 'NW-77' }] });
    await make(firm, 'ClientType', { name: 'Start-up' });
  });

  it('go by the id where there is one, else by the title', async () => {
    await patch({ clientTypeId: 12, clientTypeTitle: 'Never heard of' }, 'WRITER');
    expect(await type()).toBe('Start-up');
    await patch({ clientTypeId: null, clientTypeTitle: null }, 'WRITER');
    expect(await type()).toBeNull();
    await patch({ clientTypeId: null, clientTypeTitle: 'start-up' }, 'WRITER');
    expect(await type()).toBe('Start-up');
  });

  it('are made of an unknown title by an ADMIN only', async () => {
    const { errors } = await patch({ clientTypeId: null, clientTypeTitle: 'Enterprise' }, 'WRITER');
    expect(errors).toMatchObject([{ extensions: { fields: [{ path: ['input', 'typeName'], code: 'NOT_FOUND' }] } }]);
    await patch({ clientTypeId: null, clientTypeTitle: 'Enterprise' }, 'ADMIN');
    expect(await type()).toBe('Enterprise');
  });
});

describe('Trackops', () => {
  let ids: trackops.TrackopsIds;
  beforeEach(async () => {
    const role = await make(firm, 'ContactRole', { name: 'Claims' });
    await make(firm, 'Client', { name: 'Harbour Insurance', externalIds: [{ system: 'trackops', id: '12345' }] });
    const { client } = await firm.ok(trackops.FIND_CLIENT, { trackopsId: '12345' });
    ids = { roles: { 6: role.id }, clients: { 12345: client.id } };
  });

  const create = async (body: trackops.TrackopsBody): Promise<string> => {
    const variables = trackops.toClienteleVariables(body, ids);
    return (await firm.ok(trackops.CREATE_CONTACT, variables, 'WRITER')).createClientContact.clientContact.id;
  };
  const update = async (id: string, body: trackops.TrackopsBody) => {
    const variables = { id, ...trackops.toClienteleVariables(body, ids) };
    return (await firm.ok(trackops.UPDATE_CONTACT, variables, 'WRITER')).patchClientContact;
  };
  const wholeContact = async (id: string) =>
    (
      await firm.ok(
        `query ($id: ID!) { clientContact(by: { id: $id }) {
          client { name } location { name isPrimary } role { name } trackingId firstName middleName lastName title email
          address { line1 } phoneHome phoneMobile phoneOffice phoneFax language birthday accountCode notes adminNotes
          salesperson { name } customFields revision
        } }`,
        { id },
      )
    ).clientContact;

  const susie = {
    client: { name: 'Harbour Insurance' },
    location: { name: 'Main', isPrimary: true },
    role: { name: 'Claims' },
    trackingId: null,
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

  it('creates a contact at the first location of its client', async () => {
    expect(await wholeContact(await create(trackopsCreate))).toEqual(susie);
  });

  it('is refused a contact of the same name, unless it allows duplicates', async () => {
    const id = await create(trackopsCreate);
    const error = await firm.fails(
      trackops.CREATE_CONTACT,
      trackops.toClienteleVariables(trackopsCreate, ids),
      'WRITER',
    );
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'lastName'], code: 'DUPLICATE', ids: [id] }] },
    });
    const twin = await create({ ...trackopsCreate, allow_duplicates: true });
    expect(await wholeContact(twin)).toEqual(susie);
  });

  it('changes what an update holds, and keeps the rest', async () => {
    const id = await create(trackopsCreate);
    expect(await update(id, trackopsUpdate)).toEqual({ changedFields: ['accountCode'], clientContact: { id } });
    expect(await wholeContact(id)).toEqual({ ...susie, accountCode: '123456', revision: 2 });
    expect(await update(id, trackopsUpdate)).toEqual({ changedFields: [], clientContact: { id } });
  });
});

describe('ProConvey', () => {
  it('creates a private person with an address in the UK', async () => {
    const input = proconvey.toClienteleInput(proconveyBody);
    const { createClient } = await firm.ok(proconvey.CREATE_CLIENT, { input }, 'WRITER');
    expect(await whole(createClient.client)).toEqual({
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
    });
  });
});
