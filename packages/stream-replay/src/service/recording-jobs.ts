import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@beamtime/service-kit'
import { ReplayError } from '../error.ts'
import { type RecordingInfo, recordingInfo } from '../files/recording-info.ts'
import type { Replay } from '../open-replay.ts'
import { readManifest, type RecordingManifest } from '../recording/manifest.ts'
import { parseRecordOptions } from '../record/record-options.ts'
import type { Recorder, RecordProgress } from '../record/recorder.ts'
import { recordingName, type RecordRequest } from './control-bodies.ts'
import type { Failure, RecordingDetail, RecordingSummary } from './control-messages.ts'
import { aborted } from './aborted.ts'
import { failureOf } from './failure.ts'

interface Job {
  readonly recorder: Recorder
  readonly done: Promise<void>
  error: Failure | null
}

/** Recordings whose contents are remembered. */
const maxInfos = 50

/** The recordings of the folder, and those on their way. */
export class RecordingJobs {
  readonly #replay: Replay
  readonly #directory: string
  readonly #log: Logger
  readonly #jobs = new Map<string, Job>()
  readonly #infos = new Map<string, RecordingInfo>()

  constructor(parts: { readonly replay: Replay; readonly directory: string; readonly log: Logger }) {
    this.#replay = parts.replay
    this.#directory = parts.directory
    this.#log = parts.log
  }

  get runningCount(): number {
    return [...this.#jobs.values()].filter(({ recorder }) => isRunning(recorder)).length
  }

  get progress(): readonly RecordProgress[] {
    return Array.from(this.#jobs.values(), ({ recorder }) => recorder.progress())
  }

  /** Forgets finished jobs beyond so many; their recordings stay. */
  forget(keep: number): void {
    for (const [id, { recorder }] of this.#jobs)
      if (this.#jobs.size > keep && !isRunning(recorder)) this.#jobs.delete(id)
  }

  /** Newest first. */
  async list(): Promise<readonly RecordingSummary[]> {
    const names = await readdir(this.#directory).catch(() => [])
    const found: RecordingSummary[] = []
    for (const name of names.filter((one) => one.endsWith('.strec'))) {
      const manifest = await readManifest(join(this.#directory, name)).catch(() => null) // not a recording
      if (manifest !== null) found.push(this.#summary(name, manifest))
    }
    return found.toSorted((a, b) => (a.created < b.created ? 1 : -1))
  }

  #summary(name: string, manifest: RecordingManifest): RecordingSummary {
    const partitions = manifest.topics.flatMap((topic) => topic.partitions)
    const times = partitions
      .flatMap(({ firstTs, lastTs }) => [firstTs, lastTs])
      .filter((time) => time !== null)
    const job = this.#jobs.get(manifest.id)
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
      progress: job?.recorder.progress() ?? null,
      error: job?.error ?? null,
    }
  }

  /** By id or name. Rejects with REPLAY_UNKNOWN_ID. */
  async find(id: string): Promise<RecordingSummary> {
    const found = (await this.list()).find((one) => one.id === id || one.name === id)
    if (found !== undefined) return found
    throw unknownRecording(`there is no recording ${id}`)
  }

  async detail(id: string): Promise<RecordingDetail> {
    const summary = await this.find(id)
    const path = this.#pathOf(summary)
    const { manifest, rates, marks } = summary.closed
      ? await this.#infoOf(summary)
      : { manifest: await readManifest(path), rates: [], marks: [] }
    return {
      ...summary,
      rates,
      marks,
      partitions: manifest.topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partition, first, last, count, bytes }) => ({
          topic: name,
          partition,
          first,
          last,
          count,
          bytes,
        })),
      ),
    }
  }

  /** What is closed stays as it is: it is read through once. */
  async #infoOf(summary: RecordingSummary): Promise<RecordingInfo> {
    const known = this.#infos.get(summary.id)
    if (known !== undefined) return known
    const info = await recordingInfo(this.#pathOf(summary))
    this.#infos.set(summary.id, info)
    for (const id of this.#infos.keys()) if (this.#infos.size > maxInfos) this.#infos.delete(id)
    return info
  }

  #pathOf({ name }: RecordingSummary): string {
    return join(this.#directory, `${name}.strec`)
  }

  /** Resolves when the first message can be recorded. Rejects with ReplayError; then nothing is left on disk. */
  async start({ name, ...texts }: RecordRequest): Promise<RecordingSummary> {
    const recorder = await this.#replay.recorder(name, parseRecordOptions(texts))
    const job: Job = { recorder, done: Promise.resolve(), error: null }
    let cause: unknown = null
    const done = recorder.run().then(
      ({ count, reason }) => this.#log.info('recording.done', { id: recorder.id, count, reason }),
      (error: unknown) => {
        cause = error
        job.error = failureOf(error)
        this.#log.error('recording.failed', { id: recorder.id, error: job.error.message })
      },
    )
    await Promise.race([recorder.begun, done])
    if (cause !== null && recorder.isDiscarded) throw cause as Error
    this.#jobs.set(recorder.id, Object.assign(job, { done }))
    this.#log.info('recording.started', { id: recorder.id, name })
    return await this.find(recorder.id)
  }

  async #job(id: string): Promise<Job> {
    const found = this.#jobs.get(id) ?? this.#jobs.get((await this.find(id)).id)
    if (found !== undefined) return found
    throw unknownRecording(`recording ${id} was not begun here`)
  }

  /** Resolves when it has ended by itself, or the signal aborts. */
  async ended(id: string, signal: AbortSignal): Promise<void> {
    const { done } = await this.#job(id)
    await Promise.race([done, aborted(signal)])
  }

  /** Resolves when it is closed. */
  async stop(id: string): Promise<RecordingSummary> {
    const { recorder, done } = await this.#job(id)
    recorder.stop()
    await done
    return await this.find(recorder.id)
  }

  /** Keeps what a ring holds as a recording of its own. */
  async saveRing(id: string, name: string): Promise<RecordingSummary> {
    const { recorder } = await this.#job(id)
    const directory = this.#replay.pathOf(recordingName(name))
    await recorder.saveRing(directory)
    return await this.find((await readManifest(directory)).id)
  }

  /** Deletes a recording from disk. Rejects with REPLAY_NOT_ALLOWED while it is recorded. */
  async remove(id: string): Promise<RecordingSummary> {
    const summary = await this.find(id)
    const job = this.#jobs.get(summary.id)
    if (job !== undefined && isRunning(job.recorder))
      throw new ReplayError({
        code: 'REPLAY_NOT_ALLOWED',
        message: `${summary.name} is being recorded`,
        remedy: 'Stop it first.',
      })
    this.#jobs.delete(summary.id)
    this.#infos.delete(summary.id)
    await rm(this.#pathOf(summary), { recursive: true, force: true })
    this.#log.info('recording.removed', { id: summary.id, name: summary.name })
    return summary
  }

  async close(): Promise<void> {
    for (const { recorder } of this.#jobs.values()) recorder.stop()
    await Promise.all(Array.from(this.#jobs.values(), ({ done }) => done))
  }
}

function isRunning({ state }: Recorder): boolean {
  return state === 'starting' || state === 'recording'
}

function unknownRecording(message: string): ReplayError {
  return new ReplayError({
    code: 'REPLAY_UNKNOWN_ID',
    message,
    remedy: 'GET /api/recordings lists them.',
  })
}
