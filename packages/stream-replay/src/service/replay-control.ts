import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@beamtime/service-kit'
import { ReplayError, usage } from '../error.ts'
import { playOptionsOf, type Replay } from '../open-replay.ts'
import type { PlayOptionTexts } from '../play/play-options.ts'
import type { PlayProgress, PlayResult } from '../play/play-progress.ts'
import type { Player } from '../play/player.ts'
import { parsePosition } from '../positions.ts'
import { readManifest, type RecordingManifest } from '../recording/manifest.ts'
import { parseRecordOptions, type RecordOptionTexts } from '../record/record-options.ts'
import type { Recorder, RecordProgress } from '../record/recorder.ts'
import type { StreamSource } from '../source/stream-source.ts'

/** A recording on disk or on its way. */
export interface RecordingSummary {
  readonly id: string
  readonly name: string
  readonly created: string
  readonly closed: boolean
  readonly topics: readonly { readonly name: string; readonly partitions: number; readonly format: string }[]
  readonly count: number
  readonly bytes: number
  readonly firstTs: number | null
  readonly lastTs: number | null
  /** Null unless it is being recorded through this service. */
  readonly progress: RecordProgress | null
}

export interface PlaySummary {
  readonly id: string
  readonly source: string
  readonly topics: readonly string[]
  readonly started: string
  readonly progress: PlayProgress
  readonly result: PlayResult | null
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null
}

/**
 * What the HTTP routes of recordings and plays call, one method each:
 * GET /api/recordings, POST /api/recordings, GET /api/recordings/{id}, POST /api/recordings/{id}/stop|save-ring,
 * GET /api/plays, POST /api/plays, GET /api/plays/{id}, POST /api/plays/{id}/pause|resume|seek|speed|stop|step,
 * WebSocket /api/plays/{id}/events. Methods reject with ReplayError.
 */
export interface ReplayControl {
  listRecordings(): Promise<readonly RecordingSummary[]>
  startRecording(options: RecordOptionTexts & { readonly name: string }): Promise<RecordingSummary>
  recording(id: string): Promise<RecordingSummary>
  stopRecording(id: string): Promise<RecordingSummary>
  /** Keeps what a ring holds as a recording of its own. */
  saveRing(id: string, name: string): Promise<RecordingSummary>
  listPlays(): readonly PlaySummary[]
  startPlay(options: PlayOptionTexts): Promise<PlaySummary>
  play(id: string): PlaySummary
  pause(id: string): PlaySummary
  resume(id: string): PlaySummary
  step(id: string): PlaySummary
  seek(id: string, position: string): PlaySummary
  speed(id: string, factor: number): PlaySummary
  stopPlay(id: string): PlaySummary
  /** Calls back four times a second until the play ends (with its last state) or the signal aborts. */
  watchPlay(
    id: string,
    options: { readonly signal: AbortSignal; onProgress(progress: PlayProgress): void },
  ): Promise<void>
  close(): Promise<void>
}

interface RunningPlay {
  readonly id: string
  readonly source: string
  readonly player: Player
  readonly started: string
  readonly done: Promise<void>
  progress: PlayProgress
  result: PlayResult | null
  error: PlaySummary['error']
}

interface RunningRecording {
  readonly recorder: Recorder
  readonly done: Promise<void>
}

const progressMs = 250

export function createReplayControl(parts: {
  readonly replay: Replay
  readonly recordingsDir: string
  readonly maxRunning: number
  readonly keepFinished: number
  readonly log: Logger
}): ReplayControl {
  return new Control(parts)
}

class Control implements ReplayControl {
  readonly #parts: Parameters<typeof createReplayControl>[0]
  readonly #plays = new Map<string, RunningPlay>()
  readonly #recordings = new Map<string, RunningRecording>()

  constructor(parts: Parameters<typeof createReplayControl>[0]) {
    this.#parts = parts
  }

  #makeRoom(): void {
    const running = [...this.#plays.values()].filter(
      ({ result, error }) => result === null && error === null,
    ).length
    const recording = [...this.#recordings.values()].filter(({ recorder }) => isRunning(recorder)).length
    if (running + recording >= this.#parts.maxRunning)
      throw new ReplayError({
        code: 'REPLAY_NOT_ALLOWED',
        message: `${running + recording} plays and recordings are on their way`,
        remedy: 'Stop one first, or raise replay.max_plays.',
      })
    for (const [id, { result, error }] of this.#plays)
      if (this.#plays.size >= this.#parts.keepFinished && (result !== null || error !== null))
        this.#plays.delete(id)
    for (const [id, { recorder }] of this.#recordings)
      if (this.#recordings.size >= this.#parts.keepFinished && !isRunning(recorder))
        this.#recordings.delete(id)
  }

  async listRecordings(): Promise<readonly RecordingSummary[]> {
    const names = await readdir(this.#parts.recordingsDir).catch(() => [])
    const found: RecordingSummary[] = []
    for (const name of names.filter((one) => one.endsWith('.strec'))) {
      const manifest = await readManifest(join(this.#parts.recordingsDir, name)).catch(() => null) // not a recording
      if (manifest !== null) found.push(this.#summary(name, manifest))
    }
    return found.toSorted((a, b) => (a.created < b.created ? 1 : -1))
  }

  #summary(name: string, manifest: RecordingManifest): RecordingSummary {
    const partitions = manifest.topics.flatMap((topic) => topic.partitions)
    const times = partitions
      .flatMap(({ firstTs, lastTs }) => [firstTs, lastTs])
      .filter((time) => time !== null)
    return {
      id: manifest.id,
      name: name.replace(/\.strec$/, ''),
      created: manifest.created,
      closed: manifest.closed,
      topics: manifest.topics.map((topic) => ({
        name: topic.name,
        partitions: topic.partitions.length,
        format: topic.format,
      })),
      count: partitions.reduce((sum, { count }) => sum + count, 0),
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      firstTs: times.length === 0 ? null : Math.min(...times),
      lastTs: times.length === 0 ? null : Math.max(...times),
      progress: this.#recordings.get(manifest.id)?.recorder.progress() ?? null,
    }
  }

  async recording(id: string): Promise<RecordingSummary> {
    const found = (await this.listRecordings()).find((one) => one.id === id || one.name === id)
    if (found !== undefined) return found
    throw unknownId(`there is no recording ${id}`, 'GET /api/recordings lists them.')
  }

  async startRecording(options: RecordOptionTexts & { readonly name: string }): Promise<RecordingSummary> {
    this.#makeRoom()
    const { name, ...texts } = options
    if (!/^[\w.-]{1,200}$/.test(name) || name.startsWith('.'))
      throw usage(`${name} is no name of a recording`, 'Use letters, digits, dot, underscore and hyphen.')
    const recorder = await this.#parts.replay.recorder(name, parseRecordOptions(texts))
    const done = recorder.run().then(
      ({ count, reason }) => this.#parts.log.info('recording.done', { id: recorder.id, count, reason }),
      (error: unknown) =>
        this.#parts.log.error('recording.failed', { id: recorder.id, error: String(error) }),
    )
    this.#recordings.set(recorder.id, { recorder, done })
    this.#parts.log.info('recording.started', { id: recorder.id, name })
    return await this.recording(recorder.id)
  }

  #running(id: string): RunningRecording {
    const found = this.#recordings.get(id)
    if (found !== undefined) return found
    throw unknownId(`no recording ${id} was started here`, 'GET /api/recordings lists them.')
  }

  async stopRecording(id: string): Promise<RecordingSummary> {
    const { recorder, done } = this.#running(id)
    recorder.stop()
    await done
    return await this.recording(id)
  }

  async saveRing(id: string, name: string): Promise<RecordingSummary> {
    const { recorder } = this.#running(id)
    const directory = this.#parts.replay.pathOf(name)
    await recorder.saveRing(directory)
    return await this.recording((await readManifest(directory)).id)
  }

  listPlays(): readonly PlaySummary[] {
    return [...this.#plays.values()].map(summaryOf)
  }

  async startPlay(texts: PlayOptionTexts): Promise<PlaySummary> {
    this.#makeRoom()
    const { replay, log } = this.#parts
    const options = playOptionsOf(texts)
    const source = await replay.source(options.source)
    const player = replay.player(source, options)
    const play: RunningPlay = {
      id: player.id,
      source: options.source,
      player,
      started: new Date().toISOString(),
      progress: player.progress(),
      result: null,
      error: null,
      done: Promise.resolve(),
    }
    const done = this.#run(play, source)
    this.#plays.set(play.id, Object.assign(play, { done }))
    log.info('play.started', { id: play.id, source: options.source })
    return summaryOf(play)
  }

  async #run(play: RunningPlay, source: StreamSource): Promise<void> {
    const { log } = this.#parts
    const timer = setInterval(() => (play.progress = play.player.progress()), progressMs)
    try {
      play.result = await play.player.run()
      log.info('play.done', { id: play.id, sent: play.result.sent })
    } catch (error) {
      const { code, message, remedy } = error as { code?: string; message?: string; remedy?: string }
      play.error = {
        code: code ?? 'REPLAY_INCOMPLETE',
        message: message ?? String(error),
        remedy: remedy ?? '',
      }
      log.error('play.failed', { id: play.id, error: play.error.message })
    } finally {
      clearInterval(timer)
      play.progress = play.player.progress()
      await source.close()
    }
  }

  #play(id: string): RunningPlay {
    const play = this.#plays.get(id)
    if (play !== undefined) return play
    throw unknownId(`there is no play ${id}`, 'GET /api/plays lists them.')
  }

  play(id: string): PlaySummary {
    return summaryOf(this.#play(id))
  }

  #command(id: string, command: (player: Player) => void): PlaySummary {
    const play = this.#play(id)
    command(play.player)
    play.progress = { ...play.progress, state: play.player.progress().state }
    return summaryOf(play)
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

  stopPlay(id: string): PlaySummary {
    return this.#command(id, (player) => player.stop())
  }

  async watchPlay(
    id: string,
    { signal, onProgress }: { readonly signal: AbortSignal; onProgress(progress: PlayProgress): void },
  ): Promise<void> {
    const play = this.#play(id)
    onProgress(play.progress)
    const timer = setInterval(() => onProgress(play.progress), progressMs)
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    try {
      await Promise.race([play.done, ...(signal.aborted ? [] : [aborted])])
      if (!signal.aborted) onProgress(play.progress)
    } finally {
      clearInterval(timer)
    }
  }

  async close(): Promise<void> {
    for (const { player } of this.#plays.values()) player.stop()
    for (const { recorder } of this.#recordings.values()) recorder.stop()
    await Promise.all([...this.#plays.values(), ...this.#recordings.values()].map(({ done }) => done))
  }
}

function isRunning(recorder: Recorder): boolean {
  const { state } = recorder.progress()
  return state === 'starting' || state === 'recording'
}

function summaryOf({ id, source, player, started, progress, result, error }: RunningPlay): PlaySummary {
  return { id, source, topics: player.topics, started, progress, result, error }
}

function unknownId(message: string, remedy: string): ReplayError {
  return new ReplayError({ code: 'REPLAY_UNKNOWN_ID', message, remedy })
}
