/* Tells whether the peer of a circuit is alive.
 * Silence for the connection time-out: an ECHO is sent. No byte within 5 s of it: the circuit is unresponsive. Another 30 s: it is
 * closed. Any byte starts anew. Source: EPICS base tcpRecvWatchdog.cpp; the last 30 s are ours. */

const echoAnswerMs = 5_000
const unresponsiveMs = 30_000
const connectMs = 10_000
/** When the event loop was blocked past a deadline, bytes may be waiting unread: look again a little later. */
const lateMs = 500

export type WatchdogVerdict = 'send-echo' | 'unresponsive' | 'close' | null

export interface CircuitWatchdog {
  opened(nowMs: number): void
  received(nowMs: number): void
  tick(nowMs: number): WatchdogVerdict
  nextMs(): number
}

type Phase = 'connecting' | 'quiet' | 'echo-sent' | 'unresponsive'

export function createCircuitWatchdog(options: {
  readonly connTimeoutMs: number
  readonly nowMs: number
}): CircuitWatchdog {
  const waits: Record<Phase, number> = {
    connecting: connectMs,
    quiet: options.connTimeoutMs,
    'echo-sent': echoAnswerMs,
    unresponsive: unresponsiveMs,
  }
  const next: Record<Phase, readonly [phase: Phase, verdict: WatchdogVerdict]> = {
    connecting: ['connecting', 'close'],
    quiet: ['echo-sent', 'send-echo'],
    'echo-sent': ['unresponsive', 'unresponsive'],
    unresponsive: ['unresponsive', 'close'],
  }
  let phase: Phase = 'connecting'
  let dueMs = options.nowMs + connectMs
  let looked = false

  function enter(to: Phase, nowMs: number): void {
    phase = to
    dueMs = nowMs + waits[to]
    looked = false
  }

  return {
    opened: (nowMs) => enter('quiet', nowMs),
    received: (nowMs) => enter('quiet', nowMs),
    tick(nowMs) {
      if (nowMs < dueMs) return null
      if (phase === 'echo-sent' && !looked && nowMs - dueMs > lateMs) {
        looked = true
        dueMs = nowMs + lateMs
        return null
      }
      const [to, verdict] = next[phase]
      enter(to, nowMs)
      return verdict
    },
    nextMs: () => dueMs,
  }
}
