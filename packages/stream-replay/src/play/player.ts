import { randomUUID } from 'node:crypto'
import type { BusAdmin } from '@beamtime/bus'
import type { AvroSchema } from '@beamtime/stream-formats/avro'
import type { RecordBatch } from '../batch/batch-header.ts'
import type { RecordHeader } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import { MessageRules } from '../rules/message-rules.ts'
import { parseSelection } from '../rules/selection.ts'
import type { Position } from '../positions.ts'
import type { Unit } from '../source/merged-reader.ts'
import {
  documentOf,
  findStart,
  findStop,
  type StartPlace,
  type StopPlace,
  totalCount,
} from '../source/place-finder.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { BatchWriter } from '../wire/batch-writer.ts'
import type { Cluster } from '../wire/cluster.ts'
import { latestOffset } from '../wire/kafka-requests.ts'
import { type Destination, partitionChooser, prepareDestination } from './destination.ts'
import { GroupWatch } from './group-watch.ts'
import { Lateness } from './lateness.ts'
import { Outbox } from './outbox.ts'
import { PassReader } from './pass-reader.ts'
import { headerChanger } from './header-changes.ts'
import type { PlayOptions } from './play-options.ts'
import { type PlayProgress, type PlayResult, type PlayState, RateMeter } from './play-progress.ts'
import { countArrived, identityOf, readResumeFile, type ResumeState, writeResumeFile } from './resume-file.ts'
import { type Pace, Schedule, type ScheduledMessage } from './schedule.ts'

export interface PlayerAccess {
  readonly cluster: Cluster
  readonly admin: BusAdmin
  readonly denyTopics: readonly RegExp[]
  isRecorded?(topic: string): boolean
  /** Called when a pass has been played, with how long it took and how many messages it had. */
  onPass?(pass: { readonly pass: number; readonly messages: number; readonly seconds: number }): void
}

/** Batches whose messages are due within this go out as one. */
const tickMs = 1
/** A player that sends as fast as it can lets other work in this often. */
const yieldMs = 5
const resumeIntervalMs = 250

/** Plays one source once. Control it while `run` is on its way. */
export class Player {
  readonly id: string
  readonly #options: PlayOptions
  readonly #source: StreamSource
  readonly #access: PlayerAccess
  readonly #schedule: Schedule
  readonly #rules: MessageRules
  readonly #lateness = new Lateness()
  readonly #rate = new RateMeter()
  readonly #headers: (headers: readonly RecordHeader[], pass: number) => readonly RecordHeader[]
  #groups: GroupWatch | null = null
  #outbox: Outbox | null = null
  #writer: BatchWriter | null = null
  #destination: Destination = { names: new Map(), partitions: new Map() }
  readonly #choose: ReturnType<typeof partitionChooser>
  #resume: ResumeState | null = null
  readonly #skips = new Map<string, number>()
  #state: PlayState = 'starting'
  #pass = 0
  #read = 0
  #emitted = 0
  #emittedBytes = 0
  #index = 0
  #timeMs: number | null = null
  #firstTimeMs: number | null = null
  #startedMs = 0
  #shiftBaseMs = 0
  #isPaused = false
  #isStopped = false
  #steps = 0
  #seekTo: Position | null = null
  #next: ScheduledMessage | null = null
  #wake: (() => void) | null = null
  #resumeSavedMs = 0
  #hasStartDocuments = false

  constructor(source: StreamSource, options: PlayOptions, access: PlayerAccess, id: string = randomUUID()) {
    this.id = id
    this.#source = source
    this.#options = options
    this.#access = access
    const { pace = { kind: 'speed', factor: 1 }, jitterMs, seed, cap } = options
    this.#schedule = new Schedule({
      pace,
      ...(jitterMs === undefined ? {} : { jitterMs }),
      ...(seed === undefined ? {} : { seed }),
      ...(cap === undefined ? {} : { cap }),
    })
    this.#rules = new MessageRules({
      shiftsTimes: (options.shift ?? 'none') !== 'none',
      shiftEmbedded: options.shiftEmbedded ?? [],
      renumber: options.renumber ?? [],
      playId: id,
      schema: (schemaId: number): Promise<AvroSchema | null> => source.schema(schemaId),
    })
    this.#headers = headerChanger(options, source.id)
    this.#choose = partitionChooser(options)
  }

  get state(): PlayState {
    return this.#state
  }

  /** Topics that are written to. */
  get topics(): readonly string[] {
    return [...new Set(this.#destination.names.values())]
  }

  pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#schedule.pause(performance.now())
    this.#interrupt()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#steps = 0
    this.#schedule.resume(performance.now())
    this.#interrupt()
  }

  /** Lets the next message out while paused. */
  step(): void {
    this.#steps++
    this.#interrupt()
  }

  /** Goes on at another place of the current pass. */
  seek(position: Position): void {
    this.#seekTo = position
    this.#interrupt()
  }

  setPace(pace: Pace): void {
    const next = this.#next ?? { timeMs: this.#timeMs ?? 0, index: this.#emitted, bytes: this.#emittedBytes }
    this.#schedule.changePace(pace, { nowMs: performance.now(), next })
    this.#interrupt()
  }

  /** Ends the play after what has been sent is acknowledged. */
  stop(): void {
    this.#isStopped = true
    this.#interrupt()
  }

  #interrupt(): void {
    this.#wake?.()
  }

  progress(): PlayProgress {
    const nowMs = performance.now()
    const outbox = this.#outbox
    const total = totalCount(this.#source)
    const bytes = outbox?.bytes ?? 0
    const sent = outbox?.sent ?? 0
    const acked = outbox?.acked ?? 0
    const isOver = this.#state === 'failed' || this.#state === 'stopped' || this.#state === 'done'
    return {
      state: this.#isPaused && this.#state === 'playing' ? 'paused' : this.#state,
      pass: this.#pass,
      position: {
        n: this.#index,
        ts: this.#timeMs,
        pct: total === 0 ? null : Math.min(100, (this.#index * 100) / total),
      },
      sent,
      acked,
      failed: isOver ? sent - acked : 0,
      bytes,
      rate: this.#rate.rate(nowMs, acked, bytes),
      lag: this.#lateness.takeWindow(),
      queue: this.#writer?.queuedCount ?? 0,
      elapsedMs: this.#startedMs === 0 ? 0 : nowMs - this.#startedMs,
      etaMs: this.#etaMs(nowMs, total),
      groups: this.#groups?.lags ?? [],
    }
  }

  #etaMs(nowMs: number, total: number): number | null {
    const { pace } = this.#schedule
    const { loop = 1 } = this.#options
    if (loop !== 1 || this.#timeMs === null || this.#isPaused) return null
    const lastMs = Math.max(...this.#source.partitions.map(({ lastTs }) => lastTs ?? Number.NaN))
    if (pace.kind === 'speed')
      return Number.isNaN(lastMs) ? null : Math.max(0, (lastMs - this.#timeMs) / pace.factor)
    if (pace.kind === 'rate') return ((total - this.#index) * 1_000) / pace.perSecond
    const elapsedMs = nowMs - this.#startedMs
    return this.#emitted === 0 ? null : (elapsedMs * (total - this.#index)) / this.#emitted
  }

  /** Plays. Resolves when everything that was sent is acknowledged; rejects with ReplayError, REPLAY_INCOMPLETE among others. */
  async run(): Promise<PlayResult> {
    try {
      const result = await this.#run()
      this.#state = result.state
      return result
    } catch (error) {
      this.#state = 'failed'
      throw error
    } finally {
      this.#writer?.close()
      await this.#groups?.close()
    }
  }

  async #run(): Promise<PlayResult> {
    const { options, source } = { options: this.#options, source: this.#source }
    this.#resume = options.resume === undefined ? null : await readResumeFile(options.resume)
    const isResumed = this.#resume !== null
    this.#destination = await prepareDestination(
      source,
      isResumed ? { ...options, create: false } : options,
      this.#access,
    )
    const writer = await this.#openWriter()
    this.#groups = new GroupWatch(this.#access.admin, this.topics)
    const { loop = 1 } = options
    const start = await findStart(source, options.start)
    const stop = await findStop(source, options.stop)
    this.#startedMs = performance.now()
    if (this.#state === 'starting') this.#state = 'playing'
    let passes = this.#resume?.pass ?? 0
    let passStartMs = this.#startedMs
    if (this.#resume?.isDone !== true) {
      for (; passes < loop && !this.#isStopped; passes++) {
        this.#pass = passes
        this.#beginPass(passStartMs)
        const before = this.#emitted
        await this.#playPass(start, stop)
        await writer.flush()
        const seconds = (performance.now() - passStartMs) / 1_000
        this.#access.onPass?.({ pass: passes, messages: this.#emitted - before, seconds })
        if (this.#emitted === before && loop === Infinity && this.#isEmpty()) break
        passStartMs = this.#nextPassMs(passStartMs)
        if (passes + 1 < loop) await this.#saveResume(false, passes + 1)
      }
    }
    this.#state = 'draining'
    await writer.flush()
    await this.#saveResume(!this.#isStopped, passes)
    return this.#result(passes)
  }

  #isEmpty(): boolean {
    return totalCount(this.#source) === 0
  }

  async #openWriter(): Promise<BatchWriter> {
    const { options } = { options: this.#options }
    const acks = options.acks ?? -1
    const { cluster } = this.#access
    if (this.#resume !== null) {
      await countArrived(cluster, this.#resume)
      const places = Object.entries(this.#resume.places)
      const sequences = new Map(places.map(([key, { sequence }]) => [key, sequence]))
      const { passStart } = this.#resume
      for (const [key, { count }] of places) this.#skips.set(key, count - (passStart[key] ?? 0))
      this.#writer = new BatchWriter(cluster, {
        acks,
        resume: { identity: identityOf(this.#resume), sequences },
      })
    } else this.#writer = new BatchWriter(cluster, { acks })
    await this.#writer.open()
    if (options.resume !== undefined && this.#resume === null) await this.#beginResume(options.resume)
    this.#outbox = new Outbox(this.#writer, this.#resume)
    return this.#writer
  }

  async #beginResume(path: string): Promise<void> {
    const identity = this.#writer?.identity ?? { id: -1n, epoch: -1 }
    const places: ResumeState['places'] = {}
    for (const topic of this.topics) {
      for (const [partition, nextOffset] of await this.#access.cluster.offsets(topic, latestOffset))
        places[`${topic}/${partition}`] = { count: 0, sequence: 0, nextOffset }
    }
    this.#resume = {
      format: 'play/1',
      playId: this.id,
      sourceId: this.#source.id,
      producerId: identity.id.toString(),
      producerEpoch: identity.epoch,
      pass: 0,
      passStart: {},
      places,
      isDone: false,
    }
    await writeResumeFile(path, this.#resume)
  }

  async #saveResume(isDone: boolean, nextPass: number): Promise<void> {
    const { resume: path } = this.#options
    const state = this.#resume
    if (path === undefined || state === null) return
    if (nextPass !== state.pass) {
      state.pass = nextPass
      state.passStart = Object.fromEntries(
        Object.entries(state.places).map(([key, { count }]) => [key, count]),
      )
    }
    state.isDone = isDone
    await writeResumeFile(path, state)
  }

  /** Paces by number go on through all passes; paces by time begin anew with the first message of a pass. */
  #beginPass(passStartMs: number): void {
    this.#passStartMs = passStartMs
    this.#needsAnchor = !this.#schedule.isAnchored || this.#schedule.pace.kind === 'speed'
    this.#lastTimeMs = null
    this.#gaps.length = 0
  }

  #passStartMs = 0
  #needsAnchor = true
  #lastTimeMs: number | null = null
  readonly #gaps: number[] = []

  #nextPassMs(passStartMs: number): number {
    const nowMs = performance.now()
    const { intervalMs } = this.#options
    if (intervalMs !== undefined) return Math.max(nowMs, passStartMs + intervalMs)
    const { pace } = this.#schedule
    if (pace.kind !== 'speed' || this.#timeMs === null || this.#firstTimeMs === null) return nowMs
    const gap = this.#gaps.toSorted((a, b) => a - b)[this.#gaps.length >>> 1] ?? 0
    return Math.max(nowMs, passStartMs + (this.#timeMs - this.#firstTimeMs + gap) / pace.factor)
  }

  async #playPass(start: StartPlace, stop: StopPlace): Promise<void> {
    let reader = this.#openPass(start, stop)
    try {
      for (;;) {
        if (this.#isStopped) return
        if (this.#seekTo !== null) {
          const to = this.#seekTo
          this.#seekTo = null
          await reader.close()
          reader = this.#openPass(await findStart(this.#source, to), stop)
          this.#passStartMs = performance.now()
          this.#needsAnchor = true
        }
        const unit = await reader.next()
        if (unit === null) return
        this.#index = reader.index
        await this.#playUnit(unit)
      }
    } finally {
      this.#outbox?.flush()
      await reader.close()
    }
  }

  #openPass(start: StartPlace, stop: StopPlace): PassReader {
    const { select, sample = 1 } = this.#options
    return new PassReader({
      source: this.#source,
      start,
      stop,
      selection: select === undefined ? null : parseSelection(select),
      sample,
      rules: this.#rules,
      mayStayWhole: (batch) => this.#mayStayWhole(batch),
    })
  }

  /** A batch is taken apart only when its messages go out at different times, to different places, or changed. */
  #mayStayWhole({ header }: RecordBatch): boolean {
    const {
      headers = { kind: 'keep' },
      addHeaders = [],
      mark,
      partition = { kind: 'same' },
      timestamps,
      shift,
      jitterMs = 0,
      cap,
    } = this.#options
    const isChanged =
      this.#rules.isActive || headers.kind !== 'keep' || addHeaders.length > 0 || mark === true
    if (isChanged || (partition.kind !== 'same' && partition.kind !== 'fixed') || timestamps === 'now')
      return false
    if (jitterMs > 0 || cap !== undefined || this.#isPaused) return false
    const spreadMs = header.maxTimestampMs - header.baseTimestampMs
    const { pace } = this.#schedule
    if (header.isAppendTime) return false
    // A looped play warns about start documents that repeat, so it looks at each message.
    if ((this.#options.loop ?? 1) > 1 && this.#pass === 0) return false
    const movesTimes = (shift ?? 'none') !== 'none' && timestamps !== 'original'
    switch (pace.kind) {
      case 'asap':
        return !movesTimes
      case 'speed':
        return spreadMs / pace.factor <= tickMs && (!movesTimes || spreadMs === 0 || pace.factor === 1)
      case 'rate':
        return (header.recordsCount * 1_000) / pace.perSecond <= tickMs && !movesTimes
      case 'bytes':
        return (header.sizeBytes * 1_000) / pace.perSecond <= tickMs && !movesTimes
      case 'profile':
        return header.recordsCount === 1 && !movesTimes
    }
  }

  async #playUnit(unit: Unit): Promise<void> {
    this.#read += unit.count
    if (this.#firstTimeMs === null || this.#lastTimeMs === null) this.#firstTimeMs = unit.timeMs
    if (this.#lastTimeMs !== null && this.#gaps.length < 10_000)
      this.#gaps.push(unit.timeMs - this.#lastTimeMs)
    this.#lastTimeMs = unit.timeMs
    const topic = this.#destination.names.get(unit.source.topic) ?? unit.source.topic
    const key = unit.kind === 'record' ? unit.record.key : null
    const { partition } = unit.source
    const count = this.#destination.partitions.get(topic) ?? 1
    const place = { topic, partition: this.#choose({ topic, partition, key, count }) }
    if (this.#isSent(place, unit.count)) return
    const message = { timeMs: unit.timeMs, index: this.#emitted, bytes: this.#emittedBytes }
    if (this.#needsAnchor) this.#anchor(message)
    const goes = await this.#waitFor(message, `${place.topic}/${place.partition}`, unit.count)
    if (goes === null) return
    this.#timeMs = unit.timeMs
    this.#emitted += unit.count
    this.#emittedBytes += unit.bytes
    this.#lateness.add(goes.nowMs - goes.dueMs, unit.count)
    await this.#emit(unit, place, goes.dueMs)
    if (goes.nowMs - this.#resumeSavedMs > resumeIntervalMs) {
      this.#resumeSavedMs = goes.nowMs
      await this.#saveResume(false, this.#pass)
    }
  }

  #anchor(message: ScheduledMessage): void {
    const nowMs = performance.now()
    const dueMs = Math.max(nowMs, this.#passStartMs)
    const isFirst = !this.#schedule.isAnchored
    this.#schedule.anchor(message, dueMs)
    this.#needsAnchor = false
    if (!isFirst) return
    const { shift } = this.#options
    this.#shiftBaseMs = (typeof shift === 'number' ? shift : Date.now() + dueMs - nowMs) - dueMs
  }

  /** True for what an earlier part of the play delivered already. */
  #isSent(place: { readonly topic: string; readonly partition: number }, count: number): boolean {
    const key = `${place.topic}/${place.partition}`
    const rest = this.#skips.get(key) ?? 0
    if (rest <= 0) return false
    this.#skips.set(key, rest - count)
    return true
  }

  /** Waits until a message may go; null when it must not go at all any more (stopped, or another place is sought). */
  async #waitFor(
    message: ScheduledMessage,
    partition: string,
    count: number,
  ): Promise<{ readonly dueMs: number; readonly nowMs: number } | null> {
    this.#next = message
    const asap = this.#schedule.pace.kind === 'asap'
    const jitter = this.#schedule.dueMs(message, partition) - this.#schedule.plannedMs(message)
    let capMs: number | null = null
    for (;;) {
      if (this.#isStopped || this.#seekTo !== null) return null
      const nowMs = performance.now()
      if (this.#isPaused) {
        if (this.#steps > 0) {
          this.#steps--
          return { dueMs: nowMs, nowMs }
        }
        this.#outbox?.flush()
        await this.#sleep(1_000)
        continue
      }
      const dueMs = asap ? nowMs : this.#schedule.plannedMs(message) + jitter
      capMs ??= this.#schedule.afterCap(dueMs, count)
      const waitMs = Math.max(dueMs, capMs) - nowMs
      if (waitMs <= 0) {
        if (this.#options.slip === true && waitMs < 0) this.#schedule.shift(-waitMs)
        await this.#breathe(nowMs)
        return { dueMs, nowMs }
      }
      this.#outbox?.flush()
      await this.#sleep(waitMs)
    }
  }

  #breathedMs = 0

  /** A player that does not wait still lets acknowledgements and other work in. */
  async #breathe(nowMs: number): Promise<void> {
    const writer = this.#writer
    if (writer?.isFull === true) {
      this.#outbox?.flush()
      await writer.room()
    }
    if (nowMs - this.#breathedMs < yieldMs) return
    this.#breathedMs = nowMs
    this.#outbox?.flush()
    if (writer !== null && writer !== undefined && writer.failure !== null) throw writer.failure
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  /** Ends early when a command comes. A timer may fire up to 1 ms late, never early: the due time is looked at again. */
  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(ms, 0x7fff_ffff))
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
      this.#wake = done
    })
    this.#wake = null
    this.#breathedMs = performance.now()
    if (this.#writer?.failure != null) throw this.#writer.failure
  }

  async #emit(
    unit: Unit,
    place: { readonly topic: string; readonly partition: number },
    dueMs: number,
  ): Promise<void> {
    const outbox = this.#outbox
    if (outbox === null) return
    const { shift = 'none', timestamps = shift === 'none' ? 'original' : 'shifted' } = this.#options
    const wallMs = this.#shiftBaseMs + dueMs
    if (unit.kind === 'batch') {
      const deltaMs = timestamps === 'shifted' ? Math.round(wallMs - unit.batch.header.baseTimestampMs) : 0
      // The bytes belong to the reader's buffer, and its header is written to.
      outbox.addBatch(place, { bytes: Buffer.from(unit.batch.bytes), count: unit.count, deltaMs })
      return
    }
    const { record } = unit
    const deltaMs = shift === 'none' ? 0 : wallMs - record.timestampMs
    const value = record.value === null ? null : await this.#changedValue(record.value, deltaMs)
    if ((this.#options.loop ?? 1) > 1 && !this.#hasStartDocuments && !this.#renumbersDocuments())
      this.#hasStartDocuments = documentOf(record)?.name === 'start'
    const timestampMs =
      timestamps === 'now'
        ? Date.now()
        : timestamps === 'shifted'
          ? Math.round(record.timestampMs + deltaMs)
          : record.timestampMs
    outbox.add(
      place,
      { key: record.key, value, timestampMs, headers: this.#headers(record.headers, this.#pass) },
      unit.codec,
    )
  }

  #renumbersDocuments(): boolean {
    return this.#options.renumber?.includes('docs') === true
  }

  async #changedValue(value: Uint8Array, deltaMs: number): Promise<Uint8Array> {
    if (!this.#rules.isActive) return value
    const missing = this.#rules.missingSchema(value)
    if (missing !== null) await this.#rules.loadSchema(missing)
    return this.#rules.apply(value, { deltaMs, pass: this.#pass })
  }

  #result(passes: number): PlayResult {
    const outbox = this.#outbox
    const { sent = 0, acked = 0, bytes = 0, totals = [] } = outbox ?? {}
    if (acked !== sent)
      throw new ReplayError({
        code: 'REPLAY_INCOMPLETE',
        message: `${sent - acked} of ${sent} messages were not acknowledged`,
        remedy: 'Play again with --resume, which sends only what is missing.',
      })
    const warnings = this.#rules.absentFields.map(
      (field) => `${field} is absent from messages and was not moved`,
    )
    if (this.#hasStartDocuments)
      warnings.push(
        'looped runs repeat their uids and collide in document stores; play them with --renumber docs',
      )
    return {
      state: this.#isStopped ? 'stopped' : 'done',
      passes,
      read: this.#read,
      sent,
      acked,
      bytes,
      durationMs: performance.now() - this.#startedMs,
      lateness: this.#lateness.summary(),
      places: totals,
      warnings,
    }
  }
}
