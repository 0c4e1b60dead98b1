import type { NamedDocument } from '@beamtime/event-model'
import type { DeviceProgress } from '../protocol.ts'

export interface Progress {
  readonly n: number
  readonly total: number | null
  readonly devices: readonly DeviceProgress[]
}

export interface ProgressMeter {
  /** A new plan: nothing is done. */
  begin(): void
  observe(document: NamedDocument): void
  devices(devices: readonly DeviceProgress[]): void
  /** Tells what was held back; nothing is told after that until `begin`. */
  end(): void
}

/** Counts the points of the newest run and tells of them at most every `everyMs`. A point is an event of the stream
 * `primary`, by its highest seq_num, so that a rewind counts once. */
export function createProgressMeter(onProgress: (progress: Progress) => void, everyMs = 50): ProgressMeter {
  let primary = new Set<string>()
  let progress: Progress = { n: 0, total: null, devices: [] }
  let active = false
  let changed = false
  let timer: NodeJS.Timeout | null = null
  let toldAtMs = -Infinity

  function tell(): void {
    timer = null
    if (!changed) return
    changed = false
    toldAtMs = performance.now()
    onProgress(progress)
  }

  function change(next: Partial<Progress>): void {
    if (!active) return
    progress = { ...progress, ...next }
    changed = true
    if (timer !== null) return
    const waitMs = toldAtMs + everyMs - performance.now()
    if (waitMs <= 0) tell()
    else timer = setTimeout(tell, waitMs)
  }

  return {
    begin() {
      active = true
      primary = new Set()
      progress = { n: 0, total: null, devices: [] }
    },
    observe([name, document]) {
      if (name === 'event') {
        if (primary.has(document.descriptor) && document.seq_num > progress.n) change({ n: document.seq_num })
      } else if (name === 'event_page') {
        const last = document.seq_num.at(-1) ?? 0
        if (primary.has(document.descriptor) && last > progress.n) change({ n: last })
      } else if (name === 'start') {
        const points = document['num_points']
        change({ n: 0, total: typeof points === 'number' ? points : null })
      } else if (name === 'descriptor' && document.name === 'primary') {
        primary.add(document.uid)
      }
    },
    devices(devices) {
      change({ devices })
    },
    end() {
      if (timer !== null) clearTimeout(timer)
      tell()
      active = false
      toldAtMs = -Infinity
    },
  }
}
