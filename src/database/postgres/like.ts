/** Texts within texts, by an index of their parts where there is one. */
import { join, type Sql, sql } from '../sql/index.ts';

/** Runs of zeros and what stands between words are in so many texts that to look them up takes long and finds all. */
const COMMON = /0{2,}|[^\p{L}\p{N}]+/u;

/** See Dialect. With those parts first, of a text that is searched, that narrow the most. */
export function containsSql(operand: Sql, text: string, { searched, walk }: { searched: boolean; walk: boolean }): Sql {
  const like = (of: Sql, part: string) => sql`${of} LIKE ${`%${escaped(part)}%`}`;
  if (walk) return like(sql`(${operand} || '')`, text);
  const parts = searched ? text.split(COMMON).filter((part) => part.length >= 3 && part !== text) : [];
  if (parts.length === 0) return like(operand, text);
  return sql`(${join(
    parts.map((part) => like(operand, part)),
    ' AND ',
  )} AND ${like(sql`(${operand} || '')`, text)})`;
}

/** The text with LIKE's own characters taken literally. */
export function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
