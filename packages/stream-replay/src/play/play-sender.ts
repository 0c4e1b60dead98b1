import type { AvroSchema } from '@beamtime/stream-formats/avro'
import type { BatchHeader, RecordBatch } from '../batch/batch-header.ts'
import type { StreamRecord } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import { MessageRules } from '../rules/message-rules.ts'
import type { Unit } from '../source/merged-reader.ts'
import { documentOf } from '../source/place-finder.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { BatchWriter } from '../wire/batch-writer.ts'
import { latestOffset } from '../wire/kafka-requests.ts'
import {
  type Destination,
  type DestinationAccess,
  partitionChooser,
  prepareDestination,
} from './destination.ts'
import { headerChanger } from './header-changes.ts'
import { Outbox, type PlaceTotals } from './outbox.ts'
import type { PlayOptions } from './play-options.ts'
import { countArrived, identityOf, readResumeFile, type ResumeState, writeResumeFile } from './resume-file.ts'
import { type PlayTime, realTime } from './play-time.ts'
import type { Pace } from './schedule.ts'

/** Batches whose messages are due within this go out as one. */
const tickMs = 1
const resumeIntervalMs = 250

export interface Place {
  readonly topic: string
  readonly partition: number
}

export interface SendMoment {
  readonly dueMs: number
  readonly pass: number
}

/** Where messages go and as what: topics, partitions, headers, times, ids; and what is known of their arrival. */
export class PlaySender {
  readonly #options: PlayOptions
  readonly #source: StreamSource
  readonly #access: DestinationAccess & { readonly time?: PlayTime }
  readonly #playId: string
  readonly rules: MessageRules
  readonly #headers: ReturnType<typeof headerChanger>
  readonly #choose: ReturnType<typeof partitionChooser>
  #destination: Destination = { names: new Map(), partitions: new Map() }
  #writer: BatchWriter | null = null
  #outbox: Outbox | null = null
  #resume: ResumeState | null = null
  #resumeSavedMs = 0
  /** Messages that an earlier part of the play delivered, by place. */
  readonly #delivered = new Map<string, number>()
  #shiftBaseMs: number | null = null
  #repeatsRuns = false
  readonly #takesApart: boolean

  constructor(parts: {
    readonly source: StreamSource
    readonly options: PlayOptions
    readonly access: DestinationAccess & { readonly time?: PlayTime }
    readonly playId: string
  }) {
    const { source, options } = parts
    this.#source = source
    this.#options = options
    this.#access = parts.access
    this.#playId = parts.playId
    this.#takesApart = takesApart(options)
    this.#headers = headerChanger(options, source.id)
    this.#choose = partitionChooser(options)
    this.rules = new MessageRules({
      shiftsTimes: (options.shift ?? 'none') !== 'none',
      shiftEmbedded: options.shiftEmbedded ?? [],
      renumber: options.renumber ?? [],
      playId: parts.playId,
      schema: (id: number): Promise<AvroSchema | null> => source.schema(id),
    })
  }

  /** Topics that are written to. */
  get topics(): readonly string[] {
    return [...new Set(this.#destination.names.values())]
  }

  /** Pass with which to begin; null when an earlier part of the play came to its end. */
  get firstPass(): number | null {
    return this.#resume === null ? 0 : this.#resume.isDone ? null : this.#resume.pass
  }

  get counts(): {
    readonly sent: number
    readonly acked: number
    readonly bytes: number
    readonly ackedBytes: number
    readonly queue: number
    readonly places: readonly PlaceTotals[]
  } {
    const { sent = 0, acked = 0, bytes = 0, ackedBytes = 0, totals = [] } = this.#outbox ?? {}
    return { sent, acked, bytes, ackedBytes, queue: this.#writer?.queuedCount ?? 0, places: totals }
  }

  get warnings(): readonly string[] {
    const absent = this.rules.absentFields.map(
      (field) => `${field} is absent from messages and was not moved`,
    )
    return this.#repeatsRuns
      ? [
          ...absent,
          'looped runs repeat their uids and collide in document stores; play them with --renumber docs',
        ]
      : absent
  }

  async open(): Promise<void> {
    const { resume: path, acks = -1 } = this.#options
    const { cluster } = this.#access
    this.#resume = path === undefined ? null : await readResumeFile(path)
    const options = this.#resume === null ? this.#options : { ...this.#options, create: false }
    this.#destination = await prepareDestination(this.#source, options, this.#access)
    if (this.#resume === null) this.#writer = new BatchWriter(cluster, { acks })
    else {
      await countArrived(cluster, this.#resume)
      const places = Object.entries(this.#resume.places)
      const { passStart } = this.#resume
      for (const [key, { count }] of places) this.#delivered.set(key, count - (passStart[key] ?? 0))
      const sequences = new Map(places.map(([key, { sequence }]) => [key, sequence]))
      this.#writer = new BatchWriter(cluster, {
        acks,
        resume: { identity: identityOf(this.#resume), sequences },
      })
    }
    await this.#writer.open()
    if (path !== undefined) this.#resume ??= await this.#beginResume(path, this.#writer)
    this.#outbox = new Outbox(this.#writer, this.#resume)
  }

  async #beginResume(path: string, { identity }: BatchWriter): Promise<ResumeState> {
    const places: ResumeState['places'] = {}
    for (const topic of this.topics) {
      for (const [partition, nextOffset] of await this.#access.cluster.offsets(topic, latestOffset))
        places[`${topic}/${partition}`] = { count: 0, sequence: 0, nextOffset }
    }
    const state: ResumeState = {
      format: 'play/1',
      playId: this.#playId,
      sourceId: this.#source.id,
      producerId: identity.id.toString(),
      producerEpoch: identity.epoch,
      pass: 0,
      passStart: {},
      places,
      isDone: false,
    }
    await writeResumeFile(path, state)
    return state
  }

  /** Notes how far the play has come: now, or when it is time again. */
  async save(progress: {
    readonly pass: number
    readonly isDone: boolean
    readonly nowMs?: number
  }): Promise<void> {
    const { resume: path } = this.#options
    const state = this.#resume
    if (path === undefined || state === null) return
    if (progress.nowMs !== undefined && progress.nowMs - this.#resumeSavedMs < resumeIntervalMs) return
    this.#resumeSavedMs = progress.nowMs ?? this.#resumeSavedMs
    if (progress.pass !== state.pass) {
      state.pass = progress.pass
      state.passStart = Object.fromEntries(
        Object.entries(state.places).map(([key, { count }]) => [key, count]),
      )
    }
    state.isDone = progress.isDone
    await writeResumeFile(path, state)
  }

  /** Where a message goes, or null when an earlier part of the play delivered it already. */
  placeOf(unit: Unit): Place | null {
    const { source } = unit
    const topic = this.#destination.names.get(source.topic) ?? source.topic
    const count = this.#destination.partitions.get(topic) ?? 1
    const key = unit.kind === 'record' ? unit.record.key : null
    const partition = this.#choose({ topic, partition: source.partition, key, count })
    const name = `${topic}/${partition}`
    const delivered = this.#delivered.get(name) ?? 0
    if (delivered <= 0) return { topic, partition }
    this.#delivered.set(name, delivered - unit.count)
    return null
  }

  /** A batch is taken apart only when its messages go out at different times, to different places, or changed. */
  mayStayWhole({ header }: RecordBatch, pace: Pace): boolean {
    if (header.isAppendTime || this.#takesApart || this.rules.isActive) return false
    const { shift = 'none', timestamps } = this.#options
    const movesTimes = shift !== 'none' && timestamps !== 'original'
    return isWithinTick(header, pace) && (!movesTimes || keepsDistances(header, pace))
  }

  /** Time that the shifted stream has at a moment of the play. */
  #shiftedMs(dueMs: number, originMs: number): number {
    const { shift } = this.#options
    this.#shiftBaseMs ??=
      typeof shift === 'number' ? shift - originMs : Date.now() - (this.#access.time ?? realTime).nowMs()
    return this.#shiftBaseMs + dueMs
  }

  async send(unit: Unit, place: Place, moment: SendMoment & { readonly originMs: number }): Promise<void> {
    const outbox = this.#outbox
    if (outbox === null) return
    const isShifted = (this.#options.shift ?? 'none') !== 'none'
    const deltaOf = (timestampMs: number): number =>
      isShifted ? this.#shiftedMs(moment.dueMs, moment.originMs) - timestampMs : 0
    const { timestamps = isShifted ? 'shifted' : 'original' } = this.#options
    if (unit.kind === 'batch') {
      const deltaMs = timestamps === 'shifted' ? Math.round(deltaOf(unit.batch.header.baseTimestampMs)) : 0
      const { bytes, release } = unit.batch
      outbox.addBatch(place, {
        bytes,
        count: unit.count,
        deltaMs,
        ...(release === undefined ? {} : { release }),
      })
      return
    }
    const { record } = unit
    this.#noticeRepeatedRuns(record)
    const deltaMs = deltaOf(record.timestampMs)
    const value = record.value === null ? null : await this.#changed(record.value, deltaMs, moment.pass)
    const times = {
      original: record.timestampMs,
      shifted: Math.round(record.timestampMs + deltaMs),
      now: Date.now(),
    }
    const headers = this.#headers(record.headers, moment.pass)
    outbox.add(place, { key: record.key, value, timestampMs: times[timestamps], headers }, unit)
  }

  #noticeRepeatedRuns(record: StreamRecord): void {
    const { loop = 1, renumber = [] } = this.#options
    if (loop === 1 || this.#repeatsRuns || renumber.includes('docs')) return
    this.#repeatsRuns = documentOf(record)?.name === 'start'
  }

  async #changed(value: Uint8Array, deltaMs: number, pass: number): Promise<Uint8Array> {
    if (!this.rules.isActive) return value
    const missing = this.rules.missingSchema(value)
    if (missing !== null) await this.rules.loadSchema(missing)
    return this.rules.apply(value, { deltaMs, pass })
  }

  /** Hands over what is gathered. */
  flush(): void {
    this.#outbox?.flush()
  }

  /** Resolves when there is room for more. Rejects when sending failed for good. */
  async room(): Promise<void> {
    const writer = this.#writer
    if (writer === null) return
    if (writer.isFull) this.flush()
    if (writer.isFull || writer.failure !== null) await writer.room()
  }

  /** Resolves when everything is acknowledged. Rejects with REPLAY_INCOMPLETE, or with what ended the sending. */
  async settle(): Promise<void> {
    this.flush()
    await this.#writer?.flush()
    const { sent, acked } = this.counts
    if (acked === sent) return
    throw new ReplayError({
      code: 'REPLAY_INCOMPLETE',
      message: `${sent - acked} of ${sent} messages were not acknowledged`,
      remedy: 'Play again with --resume, which sends only what is missing.',
    })
  }

  close(): void {
    this.#writer?.close()
  }
}

/** Whether options need every message by itself: another place, other headers, times of their own. */
function takesApart(options: PlayOptions): boolean {
  const { headers, addHeaders = [], mark = false, partition, timestamps } = options
  const keepsPlace = partition === undefined || partition.kind === 'same' || partition.kind === 'fixed'
  const keepsHeaders = (headers === undefined || headers.kind === 'keep') && addHeaders.length === 0 && !mark
  return !keepsPlace || !keepsHeaders || timestamps === 'now' || goesOneByOne(options)
}

/** A looped play looks at each message to warn of runs that repeat; one that goes on may have to begin within a batch. */
function goesOneByOne({ jitterMs = 0, cap, loop = 1, resume }: PlayOptions): boolean {
  return jitterMs > 0 || cap !== undefined || loop > 1 || resume !== undefined
}

/** Whether all messages of a batch are due at the same moment, as far as moments are told apart. */
function isWithinTick(header: BatchHeader, pace: Pace): boolean {
  switch (pace.kind) {
    case 'asap':
      return true
    case 'speed':
      return (header.maxTimestampMs - header.baseTimestampMs) / pace.factor <= tickMs
    case 'rate':
      return (header.recordsCount * 1_000) / pace.perSecond <= tickMs
    case 'bytes':
      return (header.sizeBytes * 1_000) / pace.perSecond <= tickMs
    case 'profile':
      return header.recordsCount === 1
  }
}

/** Whether shifted times of a batch keep their distances, so that moving its base moves them all. */
function keepsDistances(header: BatchHeader, pace: Pace): boolean {
  return pace.kind === 'speed' && (pace.factor === 1 || header.maxTimestampMs === header.baseTimestampMs)
}
