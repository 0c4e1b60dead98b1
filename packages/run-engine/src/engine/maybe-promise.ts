import type { MaybePromise } from '../devices/protocols.ts'

/* Most devices answer at once. These keep that path free of promises: bench/count-events.ts. */

/** True for something that can be awaited. */
export function isPromise<T>(value: MaybePromise<T> | T): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Goes on now if the value is there, later if it is promised. */
export function whenKnown<T, R>(
  value: MaybePromise<T>,
  goOn: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then((known) => goOn(known)) : goOn(value)
}

/** Waits for those that are promised, if any. */
export function whenAllKnown(values: readonly MaybePromise<unknown>[]): MaybePromise<void> {
  return values.some(isPromise) ? Promise.all(values).then(() => undefined) : undefined
}
