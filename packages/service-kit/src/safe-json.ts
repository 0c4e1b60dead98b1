/** JSON that cannot fail: big integers as text, cycles cut, what throws left out. */
export function safeJson(value: unknown): string {
  const open = new Set<object>()
  function clean(entry: unknown, depth: number): unknown {
    if (typeof entry === 'bigint') return entry.toString()
    if (typeof entry !== 'object' || entry === null) return typeof entry === 'function' ? undefined : entry
    if (open.has(entry) || depth > 8) return '[…]'
    if (entry instanceof Error) return { name: entry.name, message: entry.message, stack: entry.stack }
    if (entry instanceof Date || typeof (entry as { toJSON?: unknown }).toJSON === 'function') return entry
    if (ArrayBuffer.isView(entry)) return `[${entry.byteLength} bytes]`
    open.add(entry)
    const result = Array.isArray(entry)
      ? entry.slice(0, 1_000).map((item) => clean(item, depth + 1))
      : Object.fromEntries(Object.entries(entry).map(([name, item]) => [name, clean(item, depth + 1)]))
    open.delete(entry)
    return result
  }
  try {
    return JSON.stringify(clean(value, 0)) ?? 'null'
  } catch {
    return '"[not printable]"' // a getter or toJSON threw; the line matters more
  }
}
