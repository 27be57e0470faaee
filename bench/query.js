/** The rows of a statement, as objects. */
export function query(database, { sql, text, values }) {
  return database.$queryRawUnsafe(database.$adapter.provider === 'sqlite' ? sql : text, ...values);
}
