import type { RecordingMark } from '../files/recording-marks.ts'
import type { PlayProgress, PlayResult } from '../play/play-progress.ts'
import type { RecordProgress } from '../record/recorder.ts'

/* What the service says on its socket, as JSON. The HTTP routes under /api/recordings and /api/plays pass it on as it is. */

export interface Failure {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** A recording on disk or on its way. */
export interface RecordingSummary {
  readonly id: string
  /** Without `.strec`; what a play takes as its source. */
  readonly name: string
  /** ISO 8601 */
  readonly created: string
  /** False while it is recorded, and after a crash (then the counts are up to a second old until it is opened). */
  readonly closed: boolean
  readonly topics: readonly { readonly name: string; readonly partitions: number; readonly format: string }[]
  readonly count: number
  readonly bytes: number
  /** ms since 1970 */
  readonly firstTs: number | null
  readonly lastTs: number | null
  /** Null unless it was begun through this service since its start. */
  readonly progress: RecordProgress | null
  readonly error: Failure | null
}

export interface RecordingDetail extends RecordingSummary {
  /** Messages per second in 60 equal stretches of the time span; empty while it is recorded. */
  readonly rates: readonly number[]
  /** Where runs begin and end, and where nothing was recorded; empty while it is recorded. */
  readonly marks: readonly RecordingMark[]
  readonly partitions: readonly {
    readonly topic: string
    readonly partition: number
    readonly first: number
    readonly last: number
    readonly count: number
    readonly bytes: number
  }[]
}

export interface PlaySummary {
  readonly id: string
  readonly source: string
  /** Topics that are written to. */
  readonly topics: readonly string[]
  /** ISO 8601 */
  readonly started: string
  /** Times the original pace; null when the pace is another (a rate, a profile, as fast as it can). */
  readonly speed: number | null
  readonly progress: PlayProgress
  readonly result: PlayResult | null
  readonly error: Failure | null
}

/** One line of `GET /events`: everything that was begun here, finished or not. */
export interface ReplayActivity {
  readonly plays: readonly PlaySummary[]
  readonly recordings: readonly RecordProgress[]
}
