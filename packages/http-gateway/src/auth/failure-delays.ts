import { setTimeout as delay } from 'node:timers/promises'

const windowMs = 60_000
const freeFailures = 5
const delayMs = 300
/** Addresses remembered; the oldest goes first. */
const maxAddresses = 10_000

/** Slows down guessing: after the fifth failed login of an address in a minute each further one waits. Nobody is locked out. */
export interface FailureDelays {
  wait(address: string): Promise<void>
  failed(address: string): void
}

export function failureDelays(now: () => number = Date.now): FailureDelays {
  const failures = new Map<string, { count: number; readonly sinceMs: number }>()
  const current = (address: string): { count: number; readonly sinceMs: number } | null => {
    const known = failures.get(address)
    return known === undefined || now() - known.sinceMs > windowMs ? null : known
  }
  return {
    async wait(address) {
      if ((current(address)?.count ?? 0) >= freeFailures) await delay(delayMs)
    },
    failed(address) {
      const known = current(address)
      if (known !== null) {
        known.count += 1
        return
      }
      failures.delete(address)
      failures.set(address, { count: 1, sinceMs: now() })
      const [oldest] = failures.keys()
      if (failures.size > maxAddresses && oldest !== undefined) failures.delete(oldest)
    },
  }
}
