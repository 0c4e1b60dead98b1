/** The clock that a play runs by. */
export interface PlayTime {
  /** Monotonic. */
  nowMs(): number
  /** Calls back once, not before `ms` have passed, unless it is cancelled. */
  after(ms: number, done: () => void): () => void
}

const longestMs = 0x7fff_ffff

export const realTime: PlayTime = {
  nowMs: () => performance.now(),
  after(ms, done) {
    const timer = setTimeout(done, Math.min(ms, longestMs))
    return () => clearTimeout(timer)
  },
}
