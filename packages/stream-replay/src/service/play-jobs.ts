import { join } from 'node:path'
import type { Logger } from '@beamtime/service-kit'
import { ReplayError, usage } from '../error.ts'
import { playOptionsOf, type Replay } from '../open-replay.ts'
import type { PlayOptionTexts } from '../play/play-options.ts'
import type { PlayProgress, PlayResult } from '../play/play-progress.ts'
import type { Player } from '../play/player.ts'
import { parsePosition } from '../positions.ts'
import type { StreamSource } from '../source/stream-source.ts'
import type { Failure, PlaySummary } from './control-messages.ts'
import { aborted } from './aborted.ts'
import { failureOf } from './failure.ts'

interface Job {
  readonly id: string
  readonly source: string
  readonly player: Player
  readonly started: string
  readonly done: Promise<void>
  progress: PlayProgress
  result: PlayResult | null
  error: Failure | null
}

export const progressMs = 250
/** A new play is answered when it plays, or has failed, but not later than this. */
const startWaitMs = 2_000

export interface PlayDefaults {
  readonly speed: number
  readonly loops: boolean
}

/** The plays of this service. */
export class PlayJobs {
  readonly #replay: Replay
  readonly #directory: string
  readonly #log: Logger
  readonly #defaults: PlayDefaults
  readonly #jobs = new Map<string, Job>()

  constructor(parts: {
    readonly replay: Replay
    /** Of the recordings and of progress files. */
    readonly directory: string
    readonly log: Logger
    readonly defaults: PlayDefaults
  }) {
    this.#replay = parts.replay
    this.#directory = parts.directory
    this.#log = parts.log
    this.#defaults = parts.defaults
  }

  get runningCount(): number {
    return [...this.#jobs.values()].filter(isRunning).length
  }

  forget(keep: number): void {
    for (const [id, job] of this.#jobs) if (this.#jobs.size > keep && !isRunning(job)) this.#jobs.delete(id)
  }

  list(): readonly PlaySummary[] {
    return Array.from(this.#jobs.values(), summaryOf)
  }

  /** Resolves when the first message is due. Rejects with ReplayError when it cannot begin. */
  async start(texts: PlayOptionTexts): Promise<PlaySummary> {
    const options = playOptionsOf(this.#withDefaults(texts))
    const source = await this.#replay.source(options.source)
    const player = this.#replay.player(source, options)
    const job: Job = {
      id: player.id,
      source: options.source,
      player,
      started: new Date().toISOString(),
      progress: player.progress(),
      result: null,
      error: null,
      done: Promise.resolve(),
    }
    let cause: unknown = null
    const done = this.#run(job, source).catch((error: unknown) => (cause = error))
    await Promise.race([player.begun, done, waited(startWaitMs)])
    if (cause !== null && player.progress().sent === 0) throw cause as Error
    this.#jobs.set(job.id, Object.assign(job, { done: done.then(() => undefined) }))
    job.progress = player.progress()
    this.#log.info('play.started', { id: job.id, source: options.source, topics: player.topics })
    return summaryOf(job)
  }

  #withDefaults(texts: PlayOptionTexts): PlayOptionTexts {
    const { speed, rate, bytesRate, asap, profile, loop, resume } = texts
    const hasPace = [speed, rate, bytesRate, profile].some((one) => one !== undefined) || asap === true
    return {
      ...texts,
      ...(hasPace ? {} : { speed: String(this.#defaults.speed) }),
      ...(loop === undefined && this.#defaults.loops ? { loop: 'forever' } : {}),
      ...(resume === undefined ? {} : { resume: join(this.#directory, `${resume}.play.json`) }),
    }
  }

  async #run(job: Job, source: StreamSource): Promise<void> {
    const timer = setInterval(() => (job.progress = job.player.progress()), progressMs)
    try {
      job.result = await job.player.run()
      this.#log.info('play.done', { id: job.id, sent: job.result.sent, acked: job.result.acked })
    } catch (error) {
      job.error = failureOf(error)
      this.#log.error('play.failed', { id: job.id, error: job.error.message })
      throw error
    } finally {
      clearInterval(timer)
      job.progress = job.player.progress()
      await source.close()
    }
  }

  #job(id: string): Job {
    const job = this.#jobs.get(id)
    if (job !== undefined) return job
    throw new ReplayError({
      code: 'REPLAY_UNKNOWN_ID',
      message: `there is no play ${id}`,
      remedy: 'GET /api/plays lists them.',
    })
  }

  find(id: string): PlaySummary {
    return summaryOf(this.#job(id))
  }

  #command(id: string, command: (player: Player) => void): PlaySummary {
    const job = this.#job(id)
    command(job.player)
    job.progress = { ...job.progress, state: job.player.state }
    return summaryOf(job)
  }

  pause(id: string): PlaySummary {
    return this.#command(id, (player) => player.pause())
  }

  resume(id: string): PlaySummary {
    return this.#command(id, (player) => player.resume())
  }

  step(id: string): PlaySummary {
    return this.#command(id, (player) => player.step())
  }

  seek(id: string, position: string): PlaySummary {
    const to = parsePosition(position, 'position')
    return this.#command(id, (player) => player.seek(to))
  }

  speed(id: string, factor: number): PlaySummary {
    if (!Number.isFinite(factor) || factor < 0.01 || factor > 10_000)
      throw usage(`speed ${factor} is out of range`, 'Give 0.01 to 10000.')
    return this.#command(id, (player) => player.setPace({ kind: 'speed', factor }))
  }

  stop(id: string): PlaySummary {
    return this.#command(id, (player) => player.stop())
  }

  /** Calls back four times a second until the play ends (with its last state) or the signal aborts. */
  async watch(
    id: string,
    watcher: { readonly signal: AbortSignal; readonly onProgress: (progress: PlayProgress) => void },
  ): Promise<void> {
    const { signal, onProgress } = watcher
    const job = this.#job(id)
    onProgress(job.progress)
    const timer = setInterval(() => onProgress(job.progress), progressMs)
    try {
      await Promise.race([job.done, aborted(signal)])
      if (!signal.aborted) onProgress(job.progress)
    } finally {
      clearInterval(timer)
    }
  }

  async close(): Promise<void> {
    for (const { player } of this.#jobs.values()) player.stop()
    await Promise.all(Array.from(this.#jobs.values(), ({ done }) => done))
  }
}

function isRunning({ result, error }: Job): boolean {
  return result === null && error === null
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

function summaryOf({ id, source, player, started, progress, result, error }: Job): PlaySummary {
  const { pace, topics } = player
  return {
    id,
    source,
    topics,
    started,
    speed: pace.kind === 'speed' ? pace.factor : null,
    progress,
    result,
    error,
  }
}
