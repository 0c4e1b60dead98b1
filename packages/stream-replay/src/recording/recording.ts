import type { RecordBatch } from '../batch/batch-header.ts'
import { ReplayError } from '../error.ts'
import { type ChunkPool, chunkPoolFor, readBatches } from './batch-reader.ts'
import {
  parseManifest,
  type RecordedPartition,
  type RecordedTopic,
  type RecordingManifest,
  segmentName,
  topicFolder,
} from './manifest.ts'
import { measure } from './partition-writer.ts'
import { openRecordingFiles, type RecordingFiles, type StoredFile } from './recording-files.ts'
import { offsetBeforeTime, positionBefore } from './segment-index.ts'

/** A recording open for reading. */
export class Recording {
  readonly path: string
  readonly manifest: RecordingManifest
  readonly #files: RecordingFiles
  readonly #segments: ReadonlyMap<string, readonly number[]>
  readonly #chunks: ChunkPool

  private constructor(parts: {
    readonly path: string
    readonly manifest: RecordingManifest
    readonly files: RecordingFiles
    readonly segments: ReadonlyMap<string, readonly number[]>
  }) {
    this.path = parts.path
    this.manifest = parts.manifest
    this.#files = parts.files
    this.#segments = parts.segments
    this.#chunks = chunkPoolFor(this.#partitions().length)
  }

  /** Opens a folder or a tar archive. Counts of a recording that was not closed are taken from its logs. Rejects with REPLAY_RECORDING_UNKNOWN. */
  static async open(path: string): Promise<Recording> {
    const files = await openRecordingFiles(path.replace(/(?<=.)\/+$/, ''))
    try {
      const names = await files.list()
      if (!names.includes('manifest.json'))
        throw new ReplayError({
          code: 'REPLAY_RECORDING_UNKNOWN',
          message: `${path} is no recording`,
          remedy: 'Name a folder that has a manifest.json.',
        })
      const file = await files.open('manifest.json')
      const text = (await file.read(0, file.sizeBytes)).toString()
      await file.close()
      const manifest = parseManifest(text, path)
      const recording = new Recording({ path, manifest, files, segments: segmentsOf(names) })
      if (!manifest.closed) await recording.#recount()
      return recording
    } catch (error) {
      await files.close()
      throw error
    }
  }

  /** True for a tar file: its segments are no files of their own. */
  get isArchive(): boolean {
    return this.#files.isArchive
  }

  get id(): string {
    return this.manifest.id
  }

  /** Messages in all partitions. */
  get count(): number {
    return this.#partitions().reduce((sum, { count }) => sum + count, 0)
  }

  #partitions(): RecordedPartition[] {
    return this.manifest.topics.flatMap(({ partitions }) => partitions)
  }

  /** First offsets of the segments of a partition, rising. */
  segmentsOf(topic: string, partition: number): readonly number[] {
    return this.#segments.get(`${topicFolder(topic)}/${partition}`) ?? []
  }

  async openSegment(
    place: { readonly topic: string; readonly partition: number; readonly base: number },
    ending: 'log' | 'idx' | 'tix',
  ): Promise<StoredFile> {
    return await this.#files.open(
      `${topicFolder(place.topic)}/${place.partition}/${segmentName(place.base)}.${ending}`,
    )
  }

  async #recount(): Promise<void> {
    for (const topic of this.manifest.topics) {
      for (const entry of topic.partitions) await this.#recountPartition(topic, entry)
    }
  }

  async #recountPartition(topic: RecordedTopic, entry: RecordedPartition): Promise<void> {
    const [base] = this.segmentsOf(topic.name, entry.partition)
    // What was known of the edges when the manifest was last written still holds.
    const limits = { first: entry.first >= 0 ? entry.first : 0, last: Number.MAX_SAFE_INTEGER }
    Object.assign(entry, { first: -1, last: -1, count: 0, bytes: 0, firstTs: null, lastTs: null })
    if (base === undefined) return
    for await (const batch of this.batches({ topic: topic.name, partition: entry.partition, from: base })) {
      const measured = measure(batch, limits)
      entry.bytes += batch.bytes.length
      entry.count += measured.count
      if (measured.count === 0) continue
      if (entry.first < 0) entry.first = measured.first
      entry.last = measured.last
      entry.firstTs = Math.min(entry.firstTs ?? measured.firstTs, measured.firstTs)
      entry.lastTs = Math.max(entry.lastTs ?? measured.lastTs, measured.lastTs)
    }
  }

  /** Batches of a partition from the one that holds `from` on. Stops before bytes that are no whole batch. */
  async *batches(place: {
    readonly topic: string
    readonly partition: number
    readonly from: number
  }): AsyncGenerator<RecordBatch> {
    const segments = this.segmentsOf(place.topic, place.partition)
    const begin = Math.max(
      0,
      segments.findLastIndex((base) => base <= place.from),
    )
    for (const base of segments.slice(begin)) {
      const where = { topic: place.topic, partition: place.partition, base }
      const position = await this.#positionBefore(where, place.from)
      const log = await this.openSegment(where, 'log')
      try {
        for await (const batch of readBatches(log, position, this.#chunks))
          if (batch.header.lastOffset >= place.from) yield batch
          else batch.release?.()
      } finally {
        await log.close()
      }
    }
  }

  async #positionBefore(
    where: { readonly topic: string; readonly partition: number; readonly base: number },
    offset: number,
  ): Promise<number> {
    if (offset <= where.base) return 0
    const bytes = await this.#readIndex(where, 'idx')
    return bytes === null ? 0 : positionBefore(bytes, offset - where.base)
  }

  async #readIndex(
    where: { readonly topic: string; readonly partition: number; readonly base: number },
    ending: 'idx' | 'tix',
  ): Promise<Buffer | null> {
    const file = await this.openSegment(where, ending).catch(() => null) // not there after a crash
    if (file === null) return null
    const bytes = await file.read(0, file.sizeBytes)
    await file.close()
    return bytes
  }

  /** An offset before which no message of the partition has a time of at least `timestampMs`. */
  async offsetBeforeTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const segments = this.segmentsOf(topic, partition)
    let found = segments[0] ?? 0
    for (const base of segments) {
      const bytes = await this.#readIndex({ topic, partition, base }, 'tix')
      if (bytes === null || bytes.length === 0 || Number(bytes.readBigInt64BE(0)) >= timestampMs) return found
      found = base + offsetBeforeTime(bytes, timestampMs)
    }
    return found
  }

  async close(): Promise<void> {
    await this.#files.close()
  }
}

function segmentsOf(names: readonly string[]): Map<string, number[]> {
  const segments = new Map<string, number[]>()
  for (const name of names) {
    const match = /^([^/]+\/\d+)\/(\d{20})\.log$/.exec(name)
    if (match === null) continue
    const [, place = '', base = ''] = match
    segments.set(place, [...(segments.get(place) ?? []), Number(base)])
  }
  return segments
}
