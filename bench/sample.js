/** The firm that the bench looks at: what its n-th client and contact are, by number alone. */
import { randomFrom } from './seeded.js';

export const FIRM = 'bench';
export const TOKENS = {
  ADMIN: 'clt_bench_admin_0000000000000000',
  READER: 'clt_bench_reader_000000000000000',
};

const words = (text) => text.trim().split(/\s+/);

const FIRST =
  words(`Acorn Alder Amber Anchor Ångström Arbor Aspen Atlas Aurora Avon Bay Beacon Birch Blue Bramble Bridge Bright
  Café Cedar Chapel Cinder Cliff Clover Copper Coral Crane Crown Dawn Delta Dover Eagle Echo Elm Ember Falcon Fern Fjord Flint
  Garnet Glen Granite Größe Harbour Hazel Heron Hollow Iron Ivy Jade Juniper Kestrel Lark Laurel Linden Maple Meadow Mercer
  Nordic Oak Onyx Orchard Pearl Quarry Raven Ridge River Rowan Saffron Sierra Silver Slate Solent Tern Thistle Umber Vale`);
const SECOND =
  words(`Advisory Analytics Assets Associates Builders Capital Care Cargo Consulting Dental Design Dynamics Energy
  Estates Events Farms Finance Foods Freight Health Homes Hotels Imaging Interiors Labs Legal Logistics Marine Media Metals
  Motors Optics Partners Pharma Pictures Power Press Projects Properties Records Retail Robotics Security Software Studios
  Supply Systems Telecom Textiles Tools Travel Trust Ventures Water Wines Works`);
// All begin with a capital, so that names have one order with and without regard to case.
const SUFFIX = ['Ltd', 'LLP', 'GmbH', 'Inc', 'SA', 'PLC', 'LLC', 'AB', 'Group', 'Holdings', '& Co', '& Sons'];
const GIVEN =
  words(`Ada Aisha Alan Amara Ana Anders Ben Björn Carla Chen Chloé Daniel Dina Edith Elena Emeka Farah Felix Grace
  Hana Hugo Ines Ivan Jamal Jonas Kaya Kofi Lena Liam Lucía Mara Mei Miguel Nadia Noor Olga Omar Petra Priya Quinn Rafael Rosa
  Samir Sofia Tariq Tomás Uma Vera Wanda Xavier Yara Yusuf Zoë`);
const FAMILY =
  words(`Abbott Ahmed Almeida Andersson Baker Bianchi Brown Carter Castro Chen Clarke Cohen Costa Dahl Diaz Dubois
  Evans Fischer Foster Garcia Gupta Haddad Hansen Hughes Ibrahim Ito Jensen Johnson Kaur Keller Khan Kim Kowalski Larsen Lee Lopez
  Martin Mensah Meyer Moreau Murphy Müller Nakamura Nguyen Novak Okafor Olsen Osei Patel Pereira Petrov Popov Ramos Reid Rossi
  Said Santos Sato Schmidt Shah Silva Singh Smith Taylor Tanaka Torres Varga Wagner Walsh Weber Wong Yilmaz Young Zhang`);
const TAGS =
  words(`vip renewal onboarding prospect partner pilot churn-risk reference enterprise smb emea apac americas fintech
  retail health public education legal media priority dormant growth expansion strategic referral audit annual monthly paper
  digital newsletter webinar beta escalated multi-year seasonal overdue family trust`);
const CITIES = [
  ['London', 'GB', 'Europe/London'],
  ['Leeds', 'GB', 'Europe/London'],
  ['Berlin', 'DE', 'Europe/Berlin'],
  ['Paris', 'FR', 'Europe/Paris'],
  ['Madrid', 'ES', 'Europe/Madrid'],
  ['New York', 'US', 'America/New_York'],
  ['Austin', 'US', 'America/Chicago'],
  ['Lagos', 'NG', 'Africa/Lagos'],
  ['Sydney', 'AU', 'Australia/Sydney'],
];
const STATUSES = [
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'INACTIVE',
  'TRIAL',
  'TERMINATED',
  'CLOSED',
];
const LOREM =
  words(`prefers calls in the morning and asked for paper statements until the review is done next quarter with
  the regional manager who handles fees disclosures and the annual report for all holdings of this account`);

export const GROUPS = Array.from({ length: 20 }, (_, index) => `Book ${String.fromCharCode(65 + index)}`);
export const ROLES = ['Billing', 'Decision maker', 'Technical', 'Legal', 'Operations'];
export const EMPLOYEES = Array.from(
  { length: 40 },
  (_, index) => `${GIVEN[index]} ${FAMILY[(index * 7) % FAMILY.length]}`,
);
export const TYPES = ['Charity', 'Company', 'Household', 'Institution', 'Trust'];
export const REGIONS = ['Africa', 'Asia', 'Benelux', 'Iberia', 'Ireland', 'Nordics', 'North America', 'Oceania'];
export const CYCLES = ['Annual', 'Monthly', 'Quarterly', 'Weekly'];

const SEGMENTS = ['bronze', 'silver', 'gold', 'platinum', 'retail', 'wholesale', 'charity', 'public'];
const SERVICES = ['audit', 'tax', 'payroll', 'advice', 'lending', 'custody'];
const options = (keys) => keys.map((key) => ({ key, label: key[0].toUpperCase() + key.slice(1) }));

/** The firm's custom fields; a bench with fewer takes the first ones. */
export const FIELDS = [
  { key: 'costCentre', name: 'Cost centre', type: 'TEXT' },
  { key: 'segment', name: 'Segment', type: 'SINGLE_SELECT', options: options(SEGMENTS) },
  { key: 'annualRevenue', name: 'Annual revenue', type: 'NUMBER' },
  { key: 'services', name: 'Services', type: 'MULTI_SELECT', options: options(SERVICES) },
  { key: 'nextReview', name: 'Next review', type: 'DATE' },
  { key: 'selfDirected', name: 'Self-directed', type: 'BOOLEAN' },
];

/** Clients that share a cost centre: what an equality on a custom field finds, however many clients there are. */
const PER_COST_CENTRE = 20;
export const costCentre = (number, clients) =>
  `CC-${String(number % Math.ceil(clients / PER_COST_CENTRE)).padStart(6, '0')}`;
export const segment = (number) => SEGMENTS[number % SEGMENTS.length];
export const trackingId = (number) => `CL-${String(number).padStart(8, '0')}`;
/** A word in about one name of 57. */
export const nameWord = (number) => SECOND[number % SECOND.length].toUpperCase();

/** One client in ten has three children. */
export const hasChildren = (number) => number % 10 === 0;
/** The number of the n-th client's parent. */
export const parentOf = (number) => (number % 10 >= 1 && number % 10 <= 3 ? number - (number % 10) : undefined);

/** The numbers of all clients in the order of creation: first those without a parent, then the others. */
export function creationOrder(clients) {
  const numbers = Array.from({ length: clients }, (_, number) => number);
  const isChild = (number) => parentOf(number) !== undefined;
  return [numbers.filter((number) => !isChild(number)), numbers.filter(isChild)];
}

/** Two tags; `turn` chooses others. */
export function tagsOf(number, turn = 0) {
  const one = (number * 7 + turn) % TAGS.length;
  return [TAGS[one], TAGS[(one + 1 + (number % 11)) % TAGS.length]];
}

const pick = (random, list) => list[Math.floor(random() * list.length)];
const digits = (random, count) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
const day = (random) => new Date(1262304000000 + Math.floor(random() * 5000) * 86_400_000).toISOString().slice(0, 10);

/** The n-th client as an input of createClient. `ids` lists the records it may point at, by kind; `parents` maps numbers to ids. */
export function clientInput(number, clients, { fields, ids }) {
  const random = randomFrom(number * 2 + 1);
  const [city, country, timezone] = pick(random, CITIES);
  const name = `${pick(random, FIRST)} ${pick(random, SECOND)} ${pick(random, SUFFIX)}`;
  const domain = `c${name.toLowerCase().replace(/[^a-z]+/g, '')}${number}.example`;
  const note = LOREM.slice(0, Math.floor(random() * LOREM.length)).join(' ');
  const values = {
    costCentre: costCentre(number, clients),
    segment: pick(random, SEGMENTS),
    annualRevenue: Math.floor(random() * 10_000_000) / 10,
    services: SERVICES.filter(() => random() < 0.4),
    nextReview: day(random),
    selfDirected: random() < 0.3,
  };
  return {
    trackingId: trackingId(number),
    name,
    status: pick(random, STATUSES),
    tags: tagsOf(number),
    clientGroupId: pick(random, ids.groups),
    ...(note ? { note } : {}),
    websiteUrl: `https://${domain}/`,
    inceptionDate: day(random),
    address: {
      line1: `${1 + Math.floor(random() * 200)} ${pick(random, FIRST)} Street`,
      city,
      postalCode: digits(random, 5),
      country,
    },
    timezone,
    externalIds: [{ system: 'salesforce', id: `001${String(number).padStart(15, '0')}` }],
    npsScore: Math.floor(random() * 201) - 100,
    email: `office@${domain}`,
    phone: `+1212555${digits(random, 4)}`,
    customFields: Object.fromEntries(fields.map(({ key }) => [key, values[key]])),
    assignedCsmId: pick(random, ids.employees),
    assignedSalesRepId: pick(random, ids.employees),
    typeId: pick(random, ids.types),
    regionId: pick(random, ids.regions),
    successCycleId: pick(random, ids.cycles),
    ...(parentOf(number) === undefined ? {} : { parentId: ids.parents.get(parentOf(number)) }),
    contacts: contactInputs(number, ids.roles),
    allowDuplicateContacts: true,
  };
}

/** The contacts of the n-th client: two to four, three on average. Some are twins by name. */
function contactInputs(number, roleIds) {
  const random = randomFrom(number * 2 + 2);
  return Array.from({ length: 2 + Math.floor(random() * 3) }, (_, index) => {
    const firstName = pick(random, GIVEN);
    const lastName = `${pick(random, FAMILY)}-${pick(random, FAMILY)}`;
    return {
      trackingId: `CO-${String(number).padStart(8, '0')}-${index}`,
      firstName,
      lastName,
      title: pick(random, ['CFO', 'Director', 'Partner', 'Clerk']),
      email: `contact${number}.${index}@example.com`,
      phoneOffice: `+1 404-555-${digits(random, 4)} x${digits(random, 3)}`,
      language: pick(random, ['en', 'de', 'fr', 'es']),
      roleId: pick(random, roleIds),
    };
  });
}
