/* Which images a live stream sends, and in which form (daq contract 6). */

export const liveFormats = ['array-1.0', 'bsread', 'binary', 'streamvis', 'odin', 'slsreceiver'] as const
export type LiveFormat = (typeof liveFormats)[number]

export function isLiveFormat(name: unknown): name is LiveFormat {
  return liveFormats.some((format) => format === name)
}

export type LiveSelection =
  | { readonly type: 'forward' }
  /** Images whose id modulo `period` is below `count`. */
  | { readonly type: 'batch'; readonly count: number; readonly period: number }
  /** `count` images in a row, `rateHz` times a second. */
  | { readonly type: 'periodic'; readonly count: number; readonly rateHz: number }

export type LiveGate = (imageId: number, nowMs: number) => boolean

/** A gate that keeps what it needs to decide; one a stream. */
export function liveGate(selection: LiveSelection): LiveGate {
  switch (selection.type) {
    case 'forward':
      return () => true
    case 'batch':
      return (imageId) => imageId % selection.period < selection.count
    case 'periodic': {
      const periodMs = Math.floor(1000 / selection.rateHz)
      let nextMs = -Infinity
      let left = 0
      return (_imageId, nowMs) => {
        if (nowMs >= nextMs) {
          nextMs = nowMs + periodMs
          left = selection.count
        }
        if (left === 0) return false
        left -= 1
        return true
      }
    }
  }
}
