import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@beamtime/service-kit'
import { ReplayError } from '../error.ts'
import type { Replay } from '../open-replay.ts'
import type { PlayOptionTexts } from '../play/play-options.ts'
import type { RecordRequest } from './control-bodies.ts'
import type { PlaySummary, RecordingSummary, ReplayActivity } from './control-messages.ts'
import { type PlayDefaults, PlayJobs, progressMs } from './play-jobs.ts'
import { RecordingJobs } from './recording-jobs.ts'

export interface ReplayControlOptions {
  readonly replay: Replay
  readonly directory: string
  readonly maxRunning: number
  readonly keepFinished: number
  readonly defaults: PlayDefaults
  readonly log: Logger
}

/** All that the service can be asked for. Methods reject with ReplayError. */
export class ReplayControl {
  readonly recordings: RecordingJobs
  readonly plays: PlayJobs
  readonly #options: ReplayControlOptions

  constructor(options: ReplayControlOptions) {
    const { replay, directory, log, defaults } = options
    this.#options = options
    this.recordings = new RecordingJobs({ replay, directory, log })
    this.plays = new PlayJobs({ replay, directory, log, defaults })
  }

  /** Rejects with REPLAY_NOT_ALLOWED when too many are on their way. */
  async startRecording(request: RecordRequest): Promise<RecordingSummary> {
    this.#makeRoom()
    return await this.recordings.start(request)
  }

  /** Rejects with REPLAY_NOT_ALLOWED when too many are on their way. */
  async startPlay(options: PlayOptionTexts): Promise<PlaySummary> {
    this.#makeRoom()
    return await this.plays.start(options)
  }

  #makeRoom(): void {
    const { maxRunning, keepFinished } = this.#options
    const running = this.plays.runningCount + this.recordings.runningCount
    if (running >= maxRunning)
      throw new ReplayError({
        code: 'REPLAY_NOT_ALLOWED',
        message: `${running} plays and recordings are on their way`,
        remedy: 'Stop one first, or raise replay.max_plays.',
      })
    this.plays.forget(keepFinished)
    this.recordings.forget(keepFinished)
  }

  activity(): ReplayActivity {
    return { plays: this.plays.list(), recordings: this.recordings.progress }
  }

  /** Calls back at once, and four times a second as long as something is on its way or has just ended; until the signal aborts. */
  async watch(signal: AbortSignal, onActivity: (activity: ReplayActivity) => void): Promise<void> {
    let last = ''
    while (!signal.aborted) {
      const running = this.plays.runningCount + this.recordings.runningCount
      const activity = this.activity()
      const text = running > 0 ? '' : JSON.stringify(activity.plays.map(({ id }) => id))
      if (running > 0 || text !== last) onActivity(activity)
      last = text
      await sleep(progressMs, undefined, { signal }).catch(() => undefined) // aborted
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.plays.close(), this.recordings.close()])
  }
}
