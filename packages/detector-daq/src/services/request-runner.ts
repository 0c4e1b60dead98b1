import type { Logger } from '@beamtime/service-kit'
import type { Delivery } from '../amqp/broker-link.ts'
import {
  headerText,
  readRequest,
  requestId,
  type RawMessage,
  type StatusAction,
} from '../amqp/broker-message.ts'
import type { OutgoingMessage } from '../amqp/outbox.ts'
import type { ServiceCounts } from './service-functions.ts'

export interface RunnerOptions {
  /** `source` of the statuses. */
  readonly source: string
  /** Routing key of the statuses. */
  readonly tag: string
  readonly log: Logger
  publish(message: OutgoingMessage): void
  onKill?(requestId: string): void
}

/** One piece of work for a message. */
export interface Work {
  readonly id: string
  readonly body: Buffer
  readonly delivery: Delivery
  readonly run: (signal: AbortSignal) => unknown
}

const rememberedKills = 1_000
const graceMs = 5_000

/** Runs the work of messages, tells its start and end, and lets kills reach it. */
export class RequestRunner {
  readonly counts: { -readonly [K in keyof ServiceCounts]: number } = {
    succeeded: 0,
    failed: 0,
    refused: 0,
    thrownOut: 0,
    kills: 0,
  }
  private readonly options: RunnerOptions
  private readonly running = new Map<
    string,
    { readonly stop: AbortController; readonly ended: Promise<void> }
  >()
  /** Kills that came before their request: the broker keeps no order between queues. */
  private readonly early = new Set<string>()

  constructor(options: RunnerOptions) {
    this.options = options
  }

  /** Whether a request is worked on. */
  get isBusy(): boolean {
    return this.running.size > 0
  }

  /** Starts the work of a message; the message is settled when it ends. */
  start({ id, body, delivery, run }: Work): void {
    this.status({ id, body }, 'request_start', null)
    const stop = new AbortController()
    const ended = this.work(run, stop.signal).then(
      (message) => {
        this.counts.succeeded += 1
        this.status({ id, body }, 'request_success', message)
        delivery.ack()
      },
      (error: unknown) => {
        this.counts.failed += 1
        const text = error instanceof Error ? error.message : String(error)
        this.options.log.warn('request.failed', { id, message: text })
        this.status({ id, body }, 'request_fail', text)
        delivery.reject()
      },
    )
    this.running.set(id, { stop, ended })
    void ended.finally(() => this.running.delete(id))
    if (this.early.delete(id)) this.stopOne(id)
  }

  /** A kill came. */
  kill(raw: RawMessage): void {
    const id = requestId(raw)
    if (id === undefined) {
      this.counts.refused += 1
      this.options.log.warn('kill.refused', { reason: 'no correlation_id' })
      return
    }
    this.counts.kills += 1
    if (!this.running.has(id)) {
      this.early.add(id)
      const [oldest] = this.early
      if (this.early.size > rememberedKills && oldest !== undefined) this.early.delete(oldest)
    }
    this.stopOne(id)
  }

  /** A message that cannot be served: its sender is told why where it gave an id. */
  refuse(delivery: Delivery, refusal: { readonly id: string | undefined; readonly reason: string }): void {
    this.counts.refused += 1
    this.options.log.warn('request.refused', { ...refusal })
    // The body goes back as it came only if clients can read it.
    if (refusal.id !== undefined)
      this.status({ id: refusal.id, body: Buffer.from('null') }, 'request_fail', refusal.reason)
    delivery.reject()
  }

  /** The broker threw a request out of the queue. */
  thrownOut(raw: RawMessage, reason: string): void {
    // Those that we rejected ourselves were answered then.
    if (reason === 'rejected') return
    this.counts.thrownOut += 1
    this.options.log.warn('request.thrown-out', { id: raw.correlationId, reason })
    const read = readRequest(raw)
    if (read.id === undefined) return
    const body = read.kind === 'request' ? Buffer.from(raw.body) : Buffer.from('null')
    const text = `Too many requests wait for ${this.options.source}; this one was not taken (${reason}).`
    this.status({ id: read.id, body }, 'request_fail', text)
  }

  status(of: { readonly id: string; readonly body: Buffer }, action: StatusAction, message: unknown): void {
    const { source, tag } = this.options
    this.options.publish({
      exchange: 'status',
      key: tag,
      correlationId: of.id,
      headers: { action, source, message: headerText(message) },
      body: of.body,
    })
  }

  /** Aborts what runs and waits for it, at most 5 s. */
  async close(): Promise<void> {
    const running = [...this.running.values()]
    for (const { stop } of running) stop.abort(new Error('The service ends.'))
    const giveUp = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref())
    await Promise.race([Promise.all(running.map(({ ended }) => ended)), giveUp])
  }

  private async work(run: (signal: AbortSignal) => unknown, signal: AbortSignal): Promise<unknown> {
    return await run(signal)
  }

  private stopOne(id: string): void {
    this.running.get(id)?.stop.abort(new Error('User requested interruption.'))
    try {
      this.options.onKill?.(id)
    } catch (error) {
      this.options.log.error('kill.failed', {
        id,
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }
}
