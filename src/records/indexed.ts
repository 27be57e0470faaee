/**
 * What the rows of IndexedValue are of, beside the custom fields, which have numbers from 1 on (custom-values/types.ts). Each
 * is of one kind of record only: a client and a contact may have the same number for an id.
 */
export const INDEXED = {
  tags: -1,
  email: -2,
  phone: -3,
  contactEmail: -4,
  contactPhone: -5,
  employeeEmail: -6,
} as const;
