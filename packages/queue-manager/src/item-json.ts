import type { PlainObject } from './core/plain-object.ts'

const known = new WeakMap<PlainObject, string>()

/** JSON of an item of queue or history, made once: items are never changed in place. */
export function itemJson(item: PlainObject): string {
  const before = known.get(item)
  if (before !== undefined) return before
  const text = JSON.stringify(item)
  known.set(item, text)
  return text
}
