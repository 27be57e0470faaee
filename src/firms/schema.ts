/** Who is calling, in the schema. */
import { builder } from '../graphql/builder.ts';
import { enumOf } from '../graphql/fields.ts';
import { ROLES, type Viewer } from './viewer.ts';

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who is calling: what the token stands for.',
  fields: (t) => ({
    firm: t.string({ description: 'The name of its firm.', resolve: ({ firmName }) => firmName }),
    token: t.string({
      description: 'The name of the token: the `actor` of changes.',
      resolve: ({ tokenName }) => tokenName,
    }),
    role: t.field({
      type: enumOf('Role', ROLES, 'What a token may do.'),
      description: 'What it may do.',
      resolve: ({ role }) => role,
    }),
    employeeId: t.id({
      nullable: true,
      description: 'The employee it acts for: who is set as createdBy and modifiedBy unless said.',
      resolve: ({ employeeId }) => employeeId,
    }),
    contactId: t.id({
      nullable: true,
      description: 'The contact that a portal user is.',
      resolve: ({ contactId }) => contactId,
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'Who is calling: to find out what a token may do, and where a portal user begins.',
    extensions: { access: 'CONTACT' },
    resolve: (_root, _args, context) => context.viewer,
  }),
);
