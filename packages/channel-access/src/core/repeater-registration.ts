/* A client asks the repeater of its host for beacons: at once, then every second until confirmed, and each minute after that, so that
 * beacons come back when the repeater was restarted. Three tries without an answer: the shell may start an own repeater.
 * Source: EPICS base udpiiu.cpp (repeaterSubscribeTimer.cpp), which waits 10 s before its first repeat and never asks again. */

export interface RepeaterRegistration {
  /** Whether to send a registration now, and whether to say that no repeater answers. */
  tick(nowMs: number): { readonly register: boolean; readonly missing: boolean }
  /** True the first time since the last loss. */
  confirmed(nowMs: number): boolean
  nextMs(): number
}

const retryMs = 1_000
const refreshMs = 60_000
const missingAfterTries = 3

export function createRepeaterRegistration(nowMs: number): RepeaterRegistration {
  let dueMs = nowMs
  let tries = 0
  let known = false
  return {
    tick(now) {
      if (now < dueMs) return { register: false, missing: false }
      dueMs = now + retryMs
      tries += 1
      if (tries === missingAfterTries) known = false
      return { register: true, missing: tries % missingAfterTries === 0 }
    },
    confirmed(now) {
      const news = !known
      known = true
      tries = 0
      dueMs = now + refreshMs
      return news
    },
    nextMs: () => dueMs,
  }
}
