import { stampBatch } from '../batch/batch-header.ts'
import { ReplayError } from '../error.ts'
import type { BrokerLink } from './broker-link.ts'
import type { Cluster } from './cluster.ts'
import { type ProducedPart, type ProducerIdentity, produceRequest } from './kafka-requests.ts'
import { isRetriable, kafkaError } from './kafka-error.ts'
import { pause } from './pause.ts'

/** Kafka checks the order of an idempotent producer over no more than five requests. */
const maxRequests = 5
const maxRequestBytes = 33_554_432
const retryPauseMs = 200

/** A batch on its way. */
export interface OutgoingBatch {
  readonly topic: string
  readonly partition: number
  /** Ours alone: its header is written to. */
  readonly bytes: Buffer
  readonly count: number
  readonly deltaMs?: number
  /** Called once, when the broker has it. */
  readonly onAcked?: (baseOffset: number) => void
}

export interface BatchWriterOptions {
  readonly acks: 0 | 1 | -1
  /** Bytes that may wait for their acknowledgement. Default 67 108 864. */
  readonly maxInFlightBytes?: number
  /** How long a broker may be away before the writer gives up. Default 120 000. */
  readonly patienceMs?: number
  /** Goes on as the producer of an earlier play. */
  readonly resume?: {
    readonly identity: ProducerIdentity
    /** Next sequence number by `topic/partition`. */
    readonly sequences: ReadonlyMap<string, number>
  }
}

interface Pending extends OutgoingBatch {
  readonly place: string
  /** Number of the batch: what is sent again keeps its turn. */
  readonly order: number
}

const sequenceModulus = 2 ** 31

/**
 * Writes whole batches in the order given, per partition, each exactly once: sequence numbers let the broker recognise what
 * is sent again after a lost connection (acks = -1 only).
 */
export class BatchWriter {
  readonly #cluster: Cluster
  readonly #options: BatchWriterOptions
  #identity: ProducerIdentity = { id: -1n, epoch: -1 }
  readonly #sequences: Map<string, number>
  readonly #queue: Pending[] = []
  #order = 0
  #unacked: Pending[] = []
  #requests = 0
  #bytes = 0
  #isSending = false
  /** A request failed: nothing goes out until all answers are in and the rest is queued again, in order. */
  #isHeld = false
  #downSinceMs: number | null = null
  #failure: ReplayError | null = null
  readonly #waiters: (() => void)[] = []
  #isClosed = false

  constructor(cluster: Cluster, options: BatchWriterOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#sequences = new Map(options.resume?.sequences)
  }

  /** Who the broker takes this writer for; id -1 without sequence numbers. */
  get identity(): ProducerIdentity {
    return this.#identity
  }

  get failure(): ReplayError | null {
    return this.#failure
  }

  /** Messages that are not acknowledged yet. */
  get queuedCount(): number {
    return [...this.#queue, ...this.#unacked].reduce((sum, { count }) => sum + count, 0)
  }

  get isFull(): boolean {
    return this.#bytes >= (this.#options.maxInFlightBytes ?? 67_108_864)
  }

  /** Rejects with REPLAY_BROKER_UNREACHABLE. */
  async open(): Promise<void> {
    if (this.#options.resume !== undefined) this.#identity = this.#options.resume.identity
    else if (this.#options.acks === -1) this.#identity = await this.#cluster.newProducer()
  }

  /** Queues a batch. Throws what made the writer give up. */
  write(batch: OutgoingBatch): void {
    if (this.#failure !== null) throw this.#failure
    const place = `${batch.topic}/${batch.partition}`
    let sequence = -1
    if (this.#identity.id >= 0n) {
      sequence = this.#sequences.get(place) ?? 0
      this.#sequences.set(place, (sequence + batch.count) % sequenceModulus)
    }
    stampBatch(batch.bytes, {
      producerId: this.#identity.id,
      producerEpoch: this.#identity.epoch,
      baseSequence: sequence,
      ...(batch.deltaMs === undefined ? {} : { deltaMs: batch.deltaMs }),
    })
    this.#bytes += batch.bytes.length
    this.#queue.push({ ...batch, place, order: this.#order++ })
    this.#wake()
  }

  /** Resolves when there is room for more. Rejects with what made the writer give up. */
  async room(): Promise<void> {
    while (this.isFull && this.#failure === null) await this.#change()
    if (this.#failure !== null) throw this.#failure
  }

  /** Resolves when everything is acknowledged. */
  async flush(): Promise<void> {
    while (this.#queue.length + this.#unacked.length > 0 && this.#failure === null) await this.#change()
    if (this.#failure !== null) throw this.#failure
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  #changed(): void {
    for (const resume of this.#waiters.splice(0)) resume()
  }

  /** What is not acknowledged yet is given up. */
  close(): void {
    this.#isClosed = true
    this.#queue.length = 0
    this.#changed()
  }

  #wake(): void {
    if (this.#isSending || this.#isHeld || this.#isClosed) return
    this.#isSending = true
    queueMicrotask(() => void this.#send())
  }

  async #send(): Promise<void> {
    try {
      while (this.#queue.length > 0 && this.#requests < maxRequests && !this.#isHeld && !this.#isClosed) {
        const [next] = this.#queue
        if (next === undefined) break
        const leader = await this.#cluster.leaderOf(next.topic, next.partition)
        const link = await this.#cluster.connection(leader, 'write')
        const parts = await this.#takeFor(leader)
        this.#requests++
        void this.#request(link, parts)
      }
    } catch (error) {
      this.#hold(error)
    } finally {
      this.#isSending = false
    }
    if (this.#isHeld) void this.#recover()
  }

  /** The longest run of queued batches for one leader with at most one of each partition. */
  async #takeFor(leader: number): Promise<Pending[]> {
    const parts: Pending[] = []
    const places = new Set<string>()
    let bytes = 0
    for (const batch of this.#queue) {
      const isFitting = parts.length === 0 || bytes + batch.bytes.length <= maxRequestBytes
      if (!isFitting || places.has(batch.place)) break
      if ((await this.#cluster.leaderOf(batch.topic, batch.partition)) !== leader) break
      parts.push(batch)
      places.add(batch.place)
      bytes += batch.bytes.length
    }
    this.#queue.splice(0, parts.length)
    this.#unacked.push(...parts)
    return parts
  }

  async #request(link: BrokerLink, parts: readonly Pending[]): Promise<void> {
    const { acks } = this.#options
    try {
      const wire = parts.map(({ topic, partition, bytes }) => ({ topic, partition, batch: bytes }))
      const answer = await this.#cluster.send(link, produceRequest(wire, acks), 'writing')
      if (acks === 0) for (const part of parts) this.#acked(part, -1)
      else for (const produced of answer) this.#answered(parts, produced)
      this.#downSinceMs = null
    } catch (error) {
      this.#hold(error)
    }
    this.#requests--
    this.#changed()
    if (this.#isHeld) void this.#recover()
    else this.#wake()
  }

  #answered(parts: readonly Pending[], produced: ProducedPart): void {
    const part = parts.find((one) => one.topic === produced.topic && one.partition === produced.partition)
    if (part === undefined) return
    const { errorCode, message } = produced
    // 46: the broker has it already.
    if (errorCode === 0 || errorCode === 46) return this.#acked(part, produced.baseOffset)
    // 45 follows from an earlier request that failed and will be sent again before this one.
    if (isRetriable(errorCode) || (errorCode === 45 && this.#isHeld)) {
      this.#cluster.forgetLeaders()
      return this.#hold(kafkaError(errorCode, `writing to ${part.place}`, message))
    }
    this.#fail(kafkaError(errorCode, `writing to ${part.place}`, message))
  }

  #acked(part: Pending, baseOffset: number): void {
    const at = this.#unacked.indexOf(part)
    if (at < 0) return
    this.#unacked.splice(at, 1)
    this.#bytes -= part.bytes.length
    part.onAcked?.(baseOffset)
  }

  #hold(error: unknown): void {
    const failure = error instanceof ReplayError ? error : null
    if (failure === null || !(failure.canRetry || failure.code === 'REPLAY_TOPIC_UNKNOWN')) {
      this.#fail(
        failure ??
          new ReplayError({
            code: 'REPLAY_INCOMPLETE',
            message: `writing failed: ${String(error)}`,
            remedy: 'This is a fault of the player; please report it.',
            cause: error,
          }),
      )
      return
    }
    const nowMs = performance.now()
    this.#downSinceMs ??= nowMs
    if (nowMs - this.#downSinceMs > (this.#options.patienceMs ?? 120_000)) this.#fail(failure)
    else this.#isHeld = true
  }

  #fail(failure: ReplayError): void {
    this.#failure ??= failure
    this.#changed()
  }

  #isRecovering = false

  /** Waits until no request is out, queues again what was not acknowledged, and tries again. */
  async #recover(): Promise<void> {
    if (this.#isRecovering || this.#requests > 0 || this.#failure !== null || this.#isClosed) return
    this.#isRecovering = true
    await pause(retryPauseMs)
    this.#queue.unshift(...this.#unacked.toSorted((a, b) => a.order - b.order))
    this.#unacked = []
    this.#cluster.forgetLeaders()
    this.#isHeld = false
    this.#isRecovering = false
    this.#wake()
  }
}
