/** One animation-frame loop for all drawing outside React: every dirty entry is flushed at most once a frame and at its own rate. */
export interface FrameLoop {
  /** Marks as dirty; `flush` runs in the next frame that its rate allows. */
  schedule(entry: FrameEntry): void
  cancel(entry: FrameEntry): void
}

export interface FrameEntry {
  readonly flush: () => void
  /** At most once per this many milliseconds. */
  readonly everyMs: number
  lastMs: number
}

export function frameEntry(flush: () => void, everyMs = 0): FrameEntry {
  return { flush, everyMs, lastMs: -1e9 }
}

export function createFrameLoop(requestFrame: (callback: (nowMs: number) => void) => unknown): FrameLoop {
  const dirty = new Set<FrameEntry>()
  let isRequested = false

  function run(nowMs: number): void {
    isRequested = false
    for (const entry of dirty) {
      if (nowMs - entry.lastMs < entry.everyMs) continue
      dirty.delete(entry)
      entry.lastMs = nowMs
      entry.flush()
    }
    if (dirty.size > 0) request()
  }
  function request(): void {
    if (isRequested) return
    isRequested = true
    requestFrame(run)
  }
  return {
    schedule(entry) {
      dirty.add(entry)
      request()
    },
    cancel: (entry) => void dirty.delete(entry),
  }
}
