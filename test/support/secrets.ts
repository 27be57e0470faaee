/**
 * A firm with a portal user, of which every value is recognized: texts hold a mark, other values occur nowhere else. What
 * is not said to be shown is a secret, so that a field which is added is one.
 */
import { clientFields } from '../../src/clients/fields.ts';
import { contactFields } from '../../src/contacts/fields.ts';
import { type Field, type Fields, publicName } from '../../src/fields/fields.ts';
import { createToken } from '../../src/firms/tokens.ts';
import { locationFields } from '../../src/locations/locations.ts';
import type { TestApp, TestFirm } from './app.ts';
import { make } from './records.ts';

/** Is in every text of the firm. */
export const MARK = 'zqx';

/** Values of fields that take no mark, where they are shown and where they are secret. */
const FORMS: Readonly<Record<string, readonly [shown: unknown, secret: unknown]>> = {
  uprn: ['111111111111', '999999999999'],
  nationalInsuranceNumber: ['AB123456C', 'CE999999A'],
  integer: [7, -73],
  date: ['2021-02-03', '2093-07-11'],
  phone: ['+441111111111', '+442222222222'],
  timezone: ['Europe/London', 'Pacific/Nauru'],
  country: ['GB', 'NR'],
  language: ['en', 'na'],
};

type Values = Record<string, unknown>;

export class Secrets {
  /** The texts that are shown to the portal user. */
  readonly shownTexts = new Set<string>();
  /** The texts that are not. */
  readonly texts = new Set<string>();
  readonly #values = new Set<unknown>();
  #serial = 0;

  /** Makes a value a secret. */
  keep<T>(value: T): T {
    this.#values.add(value);
    return value;
  }

  /** A text that occurs once. */
  text(shown = false): string {
    const text = `${MARK}${shown ? 'shown' : 'secret'}${++this.#serial}x`;
    (shown ? this.shownTexts : this.texts).add(text);
    return text;
  }

  /** Whether a value, or a text within it, is a secret. */
  includes(value: unknown): boolean {
    return this.#values.has(value) || (typeof value === 'string' && value.includes(`${MARK}secret`));
  }

  /** Values for all of the fields. References are to what `targets` has of their type. */
  fill(fields: Fields, isShown: (field: string) => boolean, targets: Readonly<Record<string, string>>): Values {
    const values = Object.entries(fields).map(([name, field]) => [
      publicName(name, field),
      this.#of(field, name, isShown(name), targets),
    ]);
    return Object.fromEntries(values);
  }

  #of(field: Field, name: string, shown: boolean, targets: Readonly<Record<string, string>>): unknown {
    const form = FORMS[field.kind === 'text' ? name : field.kind];
    if (form) return shown ? form[0] : this.keep(form[1]);
    const all = (fields: Fields) => this.fill(fields, () => shown, targets);
    switch (field.kind) {
      case 'text':
        return this.text(shown);
      case 'email':
        return `${this.text(shown)}@example.com`;
      case 'url':
        return `https://${this.text(shown)}.example.com/`;
      case 'textList':
        return [this.text(shown)];
      case 'object':
        return all(field.fields);
      case 'objectList':
        return [all(field.fields)];
      case 'choice': {
        const choices = Object.keys(field.values);
        return shown ? choices[1] : this.keep(choices.at(-1));
      }
      case 'boolean':
        return true;
      case 'reference':
        return targets[field.to] && { id: targets[field.to] };
      default:
        return undefined;
    }
  }
}

export interface WatchedFirm {
  firm: TestFirm;
  secrets: Secrets;
  /** The token of the portal user. */
  portal: string;
  /** Ids of what it may see: its client, itself, and the client's locations. */
  own: { client: string; contact: string; locations: string[] };
  /** Ids of all else. */
  others: string[];
}

/** The fields, by type, that portal users are shown. */
export type Shown = Readonly<Record<string, readonly string[]>>;

export async function watchedFirm(app: TestApp, shown: Shown): Promise<WatchedFirm> {
  const firm = await app.firm(`${MARK} firm`);
  const secrets = new Secrets();
  const targets: Record<string, string> = {};

  const customFields: Record<string, Values> = { CLIENT: {}, CLIENT_CONTACT: {} };
  for (const [entity, values] of Object.entries(customFields)) {
    for (const type of ['TEXT', 'SINGLE_SELECT']) {
      const options = type === 'TEXT' ? [] : [{ label: secrets.text(), key: secrets.text() }];
      const input = { entity, type, name: secrets.text(), key: secrets.text(), options };
      const { key } = await make(firm, 'CustomField', input, 'key');
      values[key] = options[0]?.key ?? secrets.text();
    }
  }
  for (const type of ['ClientGroup', 'ClientType', 'Region', 'SuccessCycle', 'ContactRole']) {
    targets[type] = (await make(firm, type, { name: secrets.text() })).id;
  }
  const email = `${secrets.text()}@example.com`;
  targets.Employee = (await make(firm, 'Employee', { name: secrets.text(), email })).id;

  /** A client with its location. Contacts come later, so that none is its primary one yet. */
  const createClient = async (isShown: (type: string) => (field: string) => boolean, more: Values = {}) => {
    const { primaryContact: _none, ...client } = secrets.fill(clientFields, isShown('Client'), targets);
    const {
      client: _its,
      isPrimary: _is,
      ...location
    } = secrets.fill(locationFields, isShown('ClientLocation'), targets);
    const input = { ...client, location, customFields: customFields.CLIENT, ...more };
    const made = await make(firm, 'Client', input, 'id locations { nodes { id } }');
    return { id: made.id as string, location: made.locations.nodes[0].id as string };
  };
  const createContact = async (isShown: (field: string) => boolean, place: Values): Promise<string> => {
    const contact = secrets.fill(contactFields, isShown, targets);
    const input = { ...contact, customFields: customFields.CLIENT_CONTACT, client: undefined, ...place };
    return (await make(firm, 'ClientContact', input)).id;
  };
  const secret = () => () => false;
  /** A client with a contact, all of which is secret. */
  const createSecret = async (more: Values = {}) => {
    const client = await createClient(secret, more);
    return [client.id, client.location, await createContact(secret(), { location: { id: client.location } })];
  };

  const above = await createSecret();
  targets.Client = above[0] ?? '';
  const ofType = (type: string) => (field: string) => shown[type]?.includes(field) ?? false;
  const client = await createClient(ofType);
  const branch = { ...secrets.fill(locationFields, ofType('ClientLocation'), targets), client: { id: client.id } };
  const second = await make(firm, 'ClientLocation', { ...branch, isPrimary: false });
  const role = await make(firm, 'ContactRole', { name: secrets.text(true) });
  const contact = await createContact(ofType('ClientContact'), {
    location: { id: client.location },
    role: { id: role.id },
  });
  // A colleague at the same place, who is the one to turn to.
  const colleague = await createContact(secret(), { location: { id: client.location } });
  const below = await createSecret({ parent: { id: client.id } });
  const gone = await createSecret({ parent: undefined });
  await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { __typename } }', { id: gone[0] });
  const patch =
    'mutation ($id: ID!, $input: PatchClientInput!) { patchClient(by: { id: $id }, input: $input) { __typename } }';
  await firm.ok(patch, { id: client.id, input: { note: secrets.text(), primaryContact: { id: colleague } } });

  const others = [...above, colleague, ...below, ...gone, ...Object.values(targets)];
  for (const id of others) secrets.keep(id);
  const token = { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId: contact } as const;
  const { secret: portal } = await createToken(app.database, token);
  return {
    firm,
    secrets,
    portal,
    own: { client: client.id, contact, locations: [client.location, second.id] },
    others,
  };
}
