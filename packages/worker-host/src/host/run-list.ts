import type { NamedDocument } from '@beamtime/event-model'
import type { RunListEntry } from '../protocol.ts'

export interface RunList {
  readonly entries: readonly RunListEntry[]
  /** True when the list has changed. */
  observe(document: NamedDocument): boolean
  /** True when there was something to clear. */
  clear(): boolean
}

/** The runs of the current plan, in order of opening. */
export function createRunList(): RunList {
  let entries: readonly RunListEntry[] = []
  return {
    get entries() {
      return entries
    },
    observe([name, document]) {
      if (name === 'start') {
        const scanId = typeof document.scan_id === 'number' ? Math.trunc(document.scan_id) : null
        entries = [...entries, { uid: document.uid, scan_id: scanId, is_open: true, exit_status: null }]
        return true
      }
      if (name !== 'stop') return false
      entries = entries.map((entry) =>
        entry.uid === document.run_start
          ? { ...entry, is_open: false, exit_status: document.exit_status }
          : entry,
      )
      return true
    },
    clear() {
      const had = entries.length > 0
      entries = []
      return had
    },
  }
}
