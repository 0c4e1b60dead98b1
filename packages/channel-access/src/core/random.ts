/** A number from 0 to below 1. Passed in, so that a test knows what comes. */
export type Random = () => number

/** A time with up to the given fraction more or less. */
export function jittered(ms: number, fraction: number, random: Random): number {
  return ms * (1 + fraction * (2 * random() - 1))
}

export function between(low: number, high: number, random: Random): number {
  return low + (high - low) * random()
}
