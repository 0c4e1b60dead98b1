/** Answers nest their error codes at most this deep: topics, partitions, records. */
const maxDepth = 6

/** All error codes of an answer that are not 0, for the metrics. */
export function errorsIn(response: unknown): readonly number[] {
  const found: number[] = []
  collect(response, found, 0)
  return found
}

function collect(value: unknown, found: number[], depth: number): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || depth > maxDepth) return
  if (Array.isArray(value)) {
    // Plain lists, of records or of numbers, hold no codes.
    if (typeof value[0] !== 'object' || value[0] instanceof Uint8Array) return
    for (const item of value as readonly unknown[]) collect(item, found, depth + 1)
    return
  }
  for (const [name, field] of Object.entries(value)) {
    if (name === 'errorCode') {
      if (typeof field === 'number' && field !== 0) found.push(field)
    } else if (typeof field === 'object') collect(field, found, depth + 1)
  }
}
