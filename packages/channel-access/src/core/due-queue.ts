interface Entry<K> {
  readonly key: K
  readonly dueMs: number
  readonly order: number
}

/** Keys by the time they are due; a key that is set again moves. */
export interface DueQueue<K> {
  set(key: K, dueMs: number): void
  delete(key: K): void
  /** Removes and gives the earliest key that is due, with its time. */
  take(nowMs: number): { readonly key: K; readonly dueMs: number } | undefined
  /** When the earliest is due; Infinity when empty. */
  nextMs(): number
}

/** A binary heap whose stale entries are left in place and skipped, so that moving a key costs no search. */
export function createDueQueue<K>(): DueQueue<K> {
  const current = new Map<K, Entry<K>>()
  let heap: Entry<K>[] = []
  let order = 0

  const before = (a: Entry<K>, b: Entry<K>): boolean =>
    a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)

  function push(entry: Entry<K>): void {
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const up = (at - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || !before(entry, parent)) break
      heap[at] = parent
      at = up
    }
    heap[at] = entry
  }

  function pop(): void {
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      let least = left
      if (right !== undefined && before(right, left)) {
        least = right
        child += 1
      }
      if (!before(least, last)) break
      heap[at] = least
      at = child
    }
    heap[at] = last
  }

  function top(): Entry<K> | undefined {
    for (;;) {
      const entry = heap[0]
      if (entry === undefined || current.get(entry.key) === entry) return entry
      pop()
    }
  }

  return {
    set(key, dueMs) {
      const entry = { key, dueMs, order: order++ }
      current.set(key, entry)
      push(entry)
      if (heap.length > 1_000 && heap.length > current.size * 3) {
        const live = [...current.values()]
        heap = []
        live.forEach(push)
      }
    },
    delete(key) {
      current.delete(key)
    },
    take(nowMs) {
      const entry = top()
      if (entry === undefined || entry.dueMs > nowMs) return undefined
      pop()
      current.delete(entry.key)
      return entry
    },
    nextMs: () => top()?.dueMs ?? Infinity,
  }
}
