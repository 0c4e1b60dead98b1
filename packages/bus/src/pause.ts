import { setTimeout as delay } from 'node:timers/promises'

/** Waits; ends early, without an error, when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: true }).catch(() => undefined) // only the abort rejects it
}
