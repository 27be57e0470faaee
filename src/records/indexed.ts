/** What the rows of IndexedValue are of, beside the custom fields, which have numbers from 1 on (custom-fields/types.ts). */
export const INDEXED = { tags: -1, email: -2, phone: -3 } as const;
