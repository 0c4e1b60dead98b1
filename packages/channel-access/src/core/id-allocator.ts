const idSpan = 2 ** 32

export interface IdAllocator {
  /** An id that is not in use, 0 to 2^32 - 1. */
  take(): number
  release(id: number): void
  readonly size: number
}

/** Counts up and wraps at 2^32, stepping over ids still in use: a late reply to a freed id then meets nobody. */
export function createIdAllocator(first = 1): IdAllocator {
  const used = new Set<number>()
  let next = first
  return {
    take() {
      while (used.has(next)) next = (next + 1) % idSpan
      const id = next
      used.add(id)
      next = (next + 1) % idSpan
      return id
    },
    release(id) {
      used.delete(id)
    },
    get size() {
      return used.size
    },
  }
}
