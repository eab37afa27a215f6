/** A value that is there, or will be. */
export type AtOnce<Value> = Value | Promise<Value>

/** Goes on with a value: at once where it is there, because every call waits for whatever waits. */
export function whenKnown<Value, Result>(
  value: AtOnce<Value>,
  proceed: (value: Value) => AtOnce<Result>,
): AtOnce<Result> {
  return value instanceof Promise ? value.then(proceed) : proceed(value)
}
