export interface RetryDelayOptions {
  /** First delay. Default 500 ms. */
  readonly minMs?: number
  /** Greatest delay. Default 30 000 ms. */
  readonly maxMs?: number
  /** Share of the delay that is random, 0..1. Default 0.2. */
  readonly jitter?: number
  readonly random?: () => number
}

/** Delay before the retry number `attempt` (0 is the first), in ms: doubles from minMs to maxMs, less a random share. */
export function retryDelay(attempt: number, options: RetryDelayOptions = {}): number {
  const { minMs = 500, maxMs = 30_000, jitter = 0.2, random = Math.random } = options
  const full = Math.min(maxMs, minMs * 2 ** Math.min(Math.max(attempt, 0), 30))
  return Math.round(full * (1 - jitter * random()))
}
