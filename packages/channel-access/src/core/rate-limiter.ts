/** Lets one event a minute through for each key. Keeps at most 1,000 keys: the oldest goes. */
export interface RateLimiter {
  pass(key: string, nowMs: number): boolean
}

const everyMs = 60_000
const maxKeys = 1_000

export function createRateLimiter(): RateLimiter {
  const lastMs = new Map<string, number>()
  return {
    pass(key, nowMs) {
      const last = lastMs.get(key)
      if (last !== undefined && nowMs - last < everyMs) return false
      lastMs.delete(key)
      lastMs.set(key, nowMs)
      if (lastMs.size > maxKeys) {
        const oldest = lastMs.keys().next().value
        if (oldest !== undefined) lastMs.delete(oldest)
      }
      return true
    },
  }
}
