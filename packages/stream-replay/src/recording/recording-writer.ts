import { copyFile, link, mkdir, open, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RecordBatch } from '../batch/batch-header.ts'
import { ReplayError } from '../error.ts'
import type { RingLimit } from '../positions.ts'
import { toolVersion } from '../tool-version.ts'
import {
  type RecordedTopic,
  recordingFormat,
  type RecordingManifest,
  segmentName,
  topicFolder,
  writeManifest,
} from './manifest.ts'
import { PartitionWriter } from './partition-writer.ts'

export interface RecordingWriterOptions {
  /** Folder to make; must not exist. */
  readonly directory: string
  readonly clusterId: string | null
  /** Default 1 073 741 824. */
  readonly segmentBytes?: number
  readonly ring?: RingLimit
  readonly notes?: Readonly<Record<string, unknown>>
  readonly now?: () => number
}

const defaultSegmentBytes = 1_073_741_824
/** A ring forgets in this many steps. */
const ringSteps = 16
const manifestIntervalMs = 1_000

/** Limits within which messages of a partition count. */
export interface OffsetLimits {
  readonly first: number
  readonly last: number
}

const noLimits: OffsetLimits = { first: 0, last: Number.MAX_SAFE_INTEGER }

/** A recording that grows. Close it; after a kill it opens all the same. */
export class RecordingWriter {
  readonly #options: RecordingWriterOptions
  readonly manifest: RecordingManifest
  readonly #writers = new Map<string, PartitionWriter>()
  #manifestAtMs = 0
  #arrival: Awaited<ReturnType<typeof open>> | null = null
  readonly #now: () => number
  #work: Promise<unknown> = Promise.resolve()

  private constructor(options: RecordingWriterOptions, manifest: RecordingManifest) {
    this.#options = options
    this.manifest = manifest
    this.#now = options.now ?? Date.now
  }

  /** Rejects with REPLAY_RECORDING_EXISTS. */
  static async create(options: RecordingWriterOptions): Promise<RecordingWriter> {
    const { directory } = options
    if ((await stat(directory).catch(() => null)) !== null)
      throw new ReplayError({
        code: 'REPLAY_RECORDING_EXISTS',
        message: `${directory} is there already`,
        remedy: 'Choose another name, or remove it first.',
      })
    await mkdir(directory, { recursive: true })
    const writer = new RecordingWriter(options, {
      format: recordingFormat,
      id: randomUUID(),
      created: new Date(options.now?.() ?? Date.now()).toISOString(),
      host: hostname(),
      toolVersion,
      clusterId: options.clusterId,
      topics: [],
      closed: false,
      notes: { ...options.notes },
    })
    writer.#arrival = await open(join(directory, 'arrival.log'), 'a')
    await writeManifest(directory, writer.manifest)
    return writer
  }

  get directory(): string {
    return this.#options.directory
  }

  /** Messages so far. */
  get count(): number {
    return this.#sum((one) => one.entry.count)
  }

  get bytes(): number {
    return this.#sum((one) => one.entry.bytes)
  }

  #sum(pick: (writer: PartitionWriter) => number): number {
    let sum = 0
    for (const writer of this.#writers.values()) sum += pick(writer)
    return sum
  }

  /** Announces a topic before its first batch. */
  async addTopic(topic: {
    readonly name: string
    readonly topicId: string
    readonly partitions: number
    readonly config: Readonly<Record<string, string>>
    readonly schemas?: Readonly<Record<string, { readonly type: string; readonly schema: string }>>
  }): Promise<RecordedTopic> {
    const { name, topicId, config } = topic
    const entry: RecordedTopic = {
      name,
      topicId,
      partitions: Array.from({ length: topic.partitions }, (_, partition) => ({
        partition,
        first: -1,
        last: -1,
        count: 0,
        bytes: 0,
        firstTs: null,
        lastTs: null,
      })),
      config,
      format: '',
      schemas: { ...topic.schemas },
    }
    this.manifest.topics.push(entry)
    const { segmentBytes = defaultSegmentBytes, ring } = this.#options
    const { ageMs = null, bytes = null } = ring ?? {}
    const ringBytes = bytes === null ? segmentBytes : Math.max(1_048_576, Math.ceil(bytes / ringSteps))
    const segmentMs = ageMs === null ? null : Math.max(250, ageMs / ringSteps)
    for (const partition of entry.partitions)
      this.#writers.set(
        `${name}/${partition.partition}`,
        new PartitionWriter({
          directory: this.#partitionDirectory(name, partition.partition),
          entry: partition,
          segmentBytes: Math.min(segmentBytes, ringBytes),
          segmentMs,
        }),
      )
    await writeManifest(this.directory, this.manifest)
    return entry
  }

  #partitionDirectory(topic: string, partition: number): string {
    return join(this.directory, topicFolder(topic), String(partition))
  }

  /** Appends batches that follow each other. What lies outside of the limits is kept in the log but does not count. */
  async append(
    place: { readonly topic: string; readonly partition: number },
    batches: readonly RecordBatch[],
    limits: OffsetLimits = noLimits,
  ): Promise<void> {
    await this.#inTurn(async () => {
      const writer = this.#writers.get(`${place.topic}/${place.partition}`)
      if (writer === undefined || batches.length === 0) return
      const nowMs = this.#now()
      await writer.append(batches, { ...limits, nowMs })
      await this.#noteArrival(place, batches)
      await this.#trimRing(nowMs)
      if (nowMs - this.#manifestAtMs >= manifestIntervalMs) await this.#checkpoint(nowMs)
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work)
    this.#work = result.catch(() => undefined) // the caller has the error
    return await result
  }

  async #noteArrival(
    place: { readonly topic: string; readonly partition: number },
    batches: readonly RecordBatch[],
  ): Promise<void> {
    const number = [...this.#writers.keys()].indexOf(`${place.topic}/${place.partition}`)
    const bytes = Buffer.allocUnsafe(batches.length * 24)
    const arrivedNs = BigInt(this.#now()) * 1_000_000n
    batches.forEach(({ header }, index) => {
      bytes.writeBigInt64LE(arrivedNs, index * 24)
      bytes.writeBigInt64LE(BigInt(header.baseOffset), index * 24 + 8)
      bytes.writeUInt32LE(number, index * 24 + 16)
      bytes.writeUInt32LE(header.recordsCount, index * 24 + 20)
    })
    await this.#arrival?.write(bytes)
  }

  async #trimRing(nowMs: number): Promise<void> {
    const { ring } = this.#options
    if (ring === undefined) return
    for (;;) {
      const oldest = this.#oldestSegment()
      if (oldest === null) return
      const isOld = nowMs - oldest.closedMs > (ring.ageMs ?? Infinity)
      const isOver = isOld || this.bytes > (ring.bytes ?? Infinity)
      if (!isOver || (await oldest.writer.dropOldest()) === null) return
    }
  }

  /** The closed segment that was begun first, and when the one after it was begun. */
  #oldestSegment(): { readonly writer: PartitionWriter; readonly closedMs: number } | null {
    let found: { writer: PartitionWriter; openedMs: number; closedMs: number } | null = null
    for (const writer of this.#writers.values()) {
      const [first, second] = writer.segments
      if (first === undefined || second === undefined) continue
      if (found === null || first.openedMs < found.openedMs)
        found = { writer, openedMs: first.openedMs, closedMs: second.openedMs }
    }
    return found
  }

  async #checkpoint(nowMs: number): Promise<void> {
    this.#manifestAtMs = nowMs
    await writeManifest(this.directory, this.manifest)
  }

  /** Writes down what was learned about the topics (format, schemas). */
  async checkpoint(): Promise<void> {
    await this.#inTurn(() => this.#checkpoint(this.#now()))
  }

  /** What the ring holds now as a recording of its own. Files that no longer grow are shared, not copied. */
  async saveRing(directory: string): Promise<void> {
    await this.#inTurn(async () => {
      await mkdir(directory, { recursive: true })
      for (const { name, partitions } of this.manifest.topics) {
        for (const { partition } of partitions) {
          const writer = this.#writers.get(`${name}/${partition}`)
          if (writer !== undefined)
            await saveSegments(writer, {
              from: this.#partitionDirectory(name, partition),
              to: join(directory, topicFolder(name), String(partition)),
            })
        }
      }
      const notes = { ...this.manifest.notes, ring: this.manifest.id }
      const created = new Date(this.#now()).toISOString()
      await writeManifest(directory, { ...this.manifest, id: randomUUID(), created, closed: true, notes })
    })
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.manifest.closed) return
      for (const writer of this.#writers.values()) await writer.close()
      await this.#arrival?.close()
      this.manifest.closed = true
      await writeManifest(this.directory, this.manifest)
    })
  }

  /** Deletes the recording, after it was closed. */
  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}

async function saveSegments(
  writer: PartitionWriter,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { segments } = writer
  await mkdir(to, { recursive: true })
  for (const [index, { baseOffset }] of segments.entries()) {
    const isGrowing = index === segments.length - 1
    const name = segmentName(baseOffset)
    if (isGrowing) await copyFile(join(from, `${name}.log`), join(to, `${name}.log`))
    else
      for (const ending of ['log', 'idx', 'tix'])
        await link(join(from, `${name}.${ending}`), join(to, `${name}.${ending}`))
  }
}
