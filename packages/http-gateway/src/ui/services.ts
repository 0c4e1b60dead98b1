import type { JsonValue } from '@beamtime/queue-client/wire'

export interface ServiceState {
  /** `bus`, `store`, `queue@main`, `http`. */
  readonly role: string
  /** up: ready. late: answers, but a check fails or it is slow. down: no answer. */
  readonly state: 'up' | 'late' | 'down'
  readonly since: number
  readonly version: string | null
  readonly pid: number | null
  readonly uptimeS: number | null
  readonly checks: Readonly<
    Record<string, { readonly ok: boolean; readonly since?: number | null; readonly detail?: string | null }>
  >
  /** One sentence, e.g. `3 topics`. */
  readonly summary: string | null
  /** Newest sample: cpu fraction of one core, bytes, milliseconds. */
  readonly sample: {
    readonly cpu: number | null
    readonly rssBytes: number | null
    readonly heapBytes: number | null
    readonly loopLagMs: number | null
  } | null
}

/** GET /api/services, and snap of the channel `services` (sent whole on change and each 2 s). */
export interface ServicesAnswer {
  readonly services: readonly ServiceState[]
  /** The plain sentence on top of the page. */
  readonly sentence: string
  readonly canRestart: boolean
}

export interface LogLine {
  /** Unix milliseconds. */
  readonly t: number
  readonly level: string
  readonly role: string
  readonly msg: string
  readonly fields: Readonly<Record<string, unknown>>
}
/** GET /api/services/{role}/logs?level=&q=&before=&limit= ; newest last. Events of the channel `logs` are LogLine[]. */
export interface LogsPage {
  readonly lines: readonly LogLine[]
  readonly before: string | null
}

export interface AuditEntry {
  readonly t: number
  readonly user: string
  readonly group: string
  readonly address: string
  /** Manager method or route, e.g. `queue_item_add`, `login`. */
  readonly method: string
  readonly item_uid: string | null
  readonly ok: boolean
  readonly msg: string
}
/** GET /api/audit?limit=&before=&user=&method=&q= ; newest first. Events of the channel `audit` are AuditEntry. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  readonly next: string | null
}

/** GET and PUT /api/ui/prefs: any object up to 64 KiB, kept per user. */
export type Preferences = Readonly<Record<string, JsonValue>>

/** GET and PUT /api/ui/layouts/{name}; PUT body is the layout itself. GET /api/ui/layouts lists names. */
export interface Layout {
  readonly name: string
  readonly layout: JsonValue
  readonly user: string
  readonly t: number
}
