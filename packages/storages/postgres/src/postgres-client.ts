/** The part of a PostgreSQL client that is used: `Pool` and `Client` of pg, and PGlite, have it. */
export interface PostgresClient {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}
