/** Who is calling, in the schema. */
import { builder } from '../graphql/builder.ts';
import { enumOf } from '../graphql/fields.ts';
import { ROLES, type Viewer } from '../session/viewer.ts';

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who is calling: what the token stands for.',
  fields: (t) => ({
    firm: t.exposeString('firmName', { description: 'The name of its firm.' }),
    token: t.exposeString('tokenName', { description: 'The name of the token: the `actor` of changes.' }),
    role: t.expose('role', {
      type: enumOf('Role', ROLES, 'What a token may do.'),
      description: 'What it may do.',
    }),
    employeeId: t.exposeID('employeeId', {
      nullable: true,
      description: 'The employee it acts for: who is set as createdBy and modifiedBy unless said.',
    }),
    contactId: t.exposeID('contactId', {
      nullable: true,
      description: 'The contact that a portal user is.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'Who is calling: to find out what a token may do, and where a portal user begins.',
    access: 'CONTACT',
    resolve: (_root, _args, context) => context.viewer,
  }),
);
