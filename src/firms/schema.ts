/** Who is calling, in the schema. */
import { builder } from '../graphql/builder.ts';
import { enumOf } from '../graphql/fields.ts';
import { ROLES, type Viewer } from '../session/viewer.ts';

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'The authenticated caller, as identified by the token.',
  fields: (t) => ({
    firm: t.exposeString('firmName', { description: 'The name of the firm.' }),
    token: t.exposeString('tokenName', { description: 'The name of the token, recorded as the `actor` of changes.' }),
    role: t.expose('role', {
      type: enumOf('Role', ROLES, 'The permissions of a token.'),
      description: 'The role of the token.',
    }),
    employeeId: t.exposeID('employeeId', {
      nullable: true,
      description: 'The employee that the token acts for: the default for `createdBy` and `modifiedBy`.',
    }),
    contactId: t.exposeID('contactId', {
      nullable: true,
      description: 'The contact, if the caller is a portal user.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'The authenticated caller: the role of the token and, for a portal user, the contact.',
    access: 'CONTACT',
    resolve: (_root, _args, context) => context.viewer,
  }),
);
