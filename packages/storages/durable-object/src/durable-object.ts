type SqlValue = string | number | null

/** The part of a Durable Object's state that is used. */
export interface DurableObjectState {
  readonly storage: {
    readonly sql: { exec(query: string, ...values: SqlValue[]): { toArray(): Record<string, unknown>[] } }
    transactionSync<Result>(closure: () => Result): Result
  }
}

/** The part of a Durable Object namespace, a binding of the Worker, that is used. */
export interface DurableObjectNamespace<Id = unknown> {
  idFromName(name: string): Id
  get(id: Id): { fetch(url: string, init: { method: string; body: string }): Promise<Response> }
}
