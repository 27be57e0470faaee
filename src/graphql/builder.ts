/** The Pothos builder: scalars and defaults; it defines no types of the product. */
import SchemaBuilder from '@pothos/core';
import type { Role } from '../session/viewer.ts';
import '../pothos/index.ts';
import { guard } from './access.ts';
import type { Context } from './context.ts';
import { readRest } from './rest.ts';
import { scalars } from './scalars.ts';

type Text = { Input: string; Output: string };

/** What the schema's types are built over. A named interface keeps the compiler's messages short. */
export interface SchemaTypes {
  Context: Context;
  Access: Role;
  DefaultFieldNullability: false;
  Scalars: {
    ID: Text;
    DateTime: { Input: string; Output: string | Date };
    Date: Text;
    EmailAddress: Text;
    URL: Text;
    PhoneNumber: Text;
    CountryCode: Text;
    TimeZone: Text;
    JSON: { Input: unknown; Output: unknown };
    JSONObject: { Input: Record<string, unknown>; Output: Record<string, unknown> };
  };
}

export type ExtendedTypes = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: ['records'],
  records: { guard, readRest },
  defaultFieldNullability: false,
});

builder.queryType({ description: "Queries on the data of the token's firm." });
builder.mutationType({
  description:
    "Mutations on the data of the token's firm. Root fields are nullable so that one failure does not hide the results of the others.",
});

for (const [name, scalar] of Object.entries(scalars)) {
  builder.addScalarType(name as keyof typeof scalars, scalar);
}
