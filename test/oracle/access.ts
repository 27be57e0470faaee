/** The permissions of each role, checked before each root field resolves. */
import type { FieldNode, GraphQLOutputType, GraphQLResolveInfo } from 'graphql';
import { type Fault, type Role, refusal, type Viewer } from './context.ts';
import { objectTypes, selected } from './selections.ts';

const RANK: Readonly<Record<Role, number>> = { CONTACT: 0, READER: 1, WRITER: 2, ADMIN: 3 };

export const FOR_ALL = ['viewer', 'client', 'clientContact', 'clientLocation', 'clientLocations', 'node', 'nodes'];

/** The lowest role that may select the root field. */
export function roleFor(type: string, field: string): Role {
  if (type === 'Query') return FOR_ALL.includes(field) ? 'CONTACT' : 'READER';
  return field.endsWith('CustomField') ? 'ADMIN' : 'WRITER';
}

/** Record types, with the fields that portal users may read. They may always read `id`. */
const PORTAL: Readonly<Record<string, readonly string[]>> = {
  Client: [
    ...['name', 'status', 'active', 'websiteUrl', 'logoUrl', 'avatarUrl', 'inceptionDate', 'address', 'timezone'],
    ...['email', 'phone', 'altPhone', 'companyName', 'communicationPreferences', 'person'],
    ...['locations', 'contacts', 'createdAt', 'updatedAt'],
  ],
  ClientContact: [
    ...['firstName', 'middleName', 'lastName', 'title', 'email', 'address', 'phoneHome', 'phoneMobile', 'phoneOffice'],
    ...['phoneFax', 'language', 'birthday', 'notes', 'client', 'location', 'role', 'createdAt', 'updatedAt'],
  ],
  ClientLocation: ['name', 'address', 'isPrimary', 'client', 'contacts', 'createdAt', 'updatedAt'],
  ContactRole: ['name'],
  AccountTeamMember: [],
  Change: [],
  ClientGroup: [],
  ClientType: [],
  CustomField: [],
  Employee: [],
  Region: [],
  SuccessCycle: [],
};

/** Whether portal users may read the field. */
export function isForPortal(type: string, field: string): boolean {
  const shown = PORTAL[type];
  return !shown || field === 'id' || shown.includes(field);
}

/** Throws FORBIDDEN when the viewer may not select the root field, or a field below it. */
export function checkAccess(viewer: Viewer, args: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo): void {
  if (RANK[viewer.role] < RANK[roleFor(info.parentType.name, info.fieldName)]) throw refusal('FORBIDDEN');
  if (viewer.role !== 'CONTACT') return;
  const keys = Object.keys((args.by ?? {}) as object).filter((key) => key !== 'id');
  const faults = [
    ...keys.map((key): Fault => ({ path: ['by', key], code: 'FORBIDDEN' })),
    ...internal(info.returnType, info.fieldNodes, [info.path.key], info),
  ];
  if (faults.length > 0) throw refusal('FORBIDDEN', faults);
}

/** The selected fields that portal users may not read. */
function internal(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  path: Fault['path'],
  info: GraphQLResolveInfo,
): Fault[] {
  return objectTypes(type, info).flatMap((object) =>
    [...selected(object, nodes, info)].flatMap(([key, inner]) => {
      const field = object.getFields()[inner[0]?.name.value ?? ''];
      if (!field) return []; // __typename
      const at = [...path, key];
      if (!isForPortal(object.name, field.name)) return [{ path: at, code: 'FORBIDDEN' }];
      return internal(field.type, inner, at, info);
    }),
  );
}
