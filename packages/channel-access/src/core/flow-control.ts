/** Asks a server to hold its updates while more bytes wait here than a threshold, and to go on when none do. */
export interface FlowControl {
  /** What to tell the server now that so many received bytes wait unprocessed. */
  observe(unprocessedBytes: number): 'off' | 'on' | null
  readonly off: boolean
}

export function createFlowControl(thresholdBytes: number): FlowControl {
  let off = false
  return {
    observe(unprocessedBytes) {
      if (!off && unprocessedBytes > thresholdBytes) {
        off = true
        return 'off'
      }
      if (off && unprocessedBytes === 0) {
        off = false
        return 'on'
      }
      return null
    },
    get off() {
      return off
    },
  }
}
