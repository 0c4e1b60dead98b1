/**
 * The RFC 7396 merge patch that makes `after` of `before`; undefined when they are equal. Arrays are replaced whole.
 * A value that becomes null and a key that vanishes look the same to the receiver.
 */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (before === after) return undefined
  if (!isPlain(before) || !isPlain(after))
    return JSON.stringify(before) === JSON.stringify(after) ? undefined : after
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(before))
    if (after[key] === undefined && before[key] !== undefined && before[key] !== null) patch[key] = null
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue
    const part = mergePatch(before[key] ?? null, value)
    if (part !== undefined) patch[key] = part
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
