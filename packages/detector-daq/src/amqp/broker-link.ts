import { randomUUID } from 'node:crypto'
import { retryDelay } from '@beamtime/service-kit'
import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib'
import { DaqError } from '../error.ts'
import { addressText, type BrokerAddress } from './broker-address.ts'
import { exchanges, type ExchangeName, type RawMessage } from './broker-message.ts'
import { Outbox, type OutgoingMessage } from './outbox.ts'

/** A message with the means to settle it. Settling after its connection is gone does nothing: the broker has forgotten it. */
export interface Delivery extends RawMessage {
  ack(): void
  /** Gives it up for good: it is not delivered again. */
  reject(): void
}

export interface Subscription {
  readonly exchange: ExchangeName
  /** Routing key that is bound: a tag, or `#` for all. */
  readonly key: string
  /** The broker counts a message as done when it is sent. */
  readonly autoAck: boolean
  /** Messages that may wait at the broker; the next ones come to `onDeadLetter`. Default 1 000. */
  readonly maxWaiting?: number
  readonly onMessage: (delivery: Delivery) => void
  /** A message that the broker threw out of the queue; `reason` is its word: maxlen, expired, rejected. */
  readonly onDeadLetter?: (message: RawMessage, reason: string) => void
}

export interface BrokerLinkOptions {
  readonly address: BrokerAddress
  readonly subscriptions: readonly Subscription[]
  /** Told of every connection and every loss, with the reason. */
  readonly onState?: (state: 'connected' | 'lost', reason: string) => void
  /** Keep trying when the broker does not answer at the start. Default: reject. */
  readonly isPatient?: boolean
  /** Default 5 000 ms. */
  readonly connectTimeoutMs?: number
  readonly retryMinMs?: number
}

const defaultWaiting = 1_000
const heartbeatS = 10
const defaultTimeoutMs = 5_000
const retryMaxMs = 10_000
const closeMs = 1_000

/**
 * One participant of the flow at the broker: declares the exchanges, has a queue of its own for each subscription, and connects again
 * when the connection is lost. What is published meanwhile waits in a bounded outbox.
 */
export class BrokerLink {
  private readonly options: BrokerLinkOptions
  private readonly outbox = new Outbox()
  private readonly stopping = new AbortController()
  private model: ChannelModel | undefined
  private channel: Channel | undefined
  private running: Promise<void> = Promise.resolve()
  private connections = 0

  private constructor(options: BrokerLinkOptions) {
    this.options = options
  }

  /** Connects. Rejects with DAQ_BROKER_UNREACHABLE that names the key, unless it is patient. */
  static async open(options: BrokerLinkOptions): Promise<BrokerLink> {
    const link = new BrokerLink(options)
    if (options.isPatient !== true) await link.connect()
    link.running = link.keep()
    return link
  }

  get isConnected(): boolean {
    return this.channel !== undefined
  }

  /** Times that a lost connection was made again. */
  get reconnects(): number {
    return Math.max(0, this.connections - 1)
  }

  /** Messages that were thrown away, because too many waited for the broker. */
  get lost(): number {
    return this.outbox.lost
  }

  publish(message: OutgoingMessage): void {
    this.outbox.add(message)
    this.flush()
  }

  /** Sends what waits and ends. May be called twice. */
  async close(): Promise<void> {
    if (this.stopping.signal.aborted) return this.running
    const { model, channel } = this
    // Taken away first: the loop must not close the connection under what is still being sent.
    this.channel = undefined
    this.model = undefined
    this.stopping.abort()
    const giveUp = new Promise<void>((resolve) => setTimeout(resolve, closeMs).unref())
    // Closing the channel waits until the broker has taken what was sent.
    await Promise.race([this.closeModel(model, channel), giveUp])
    await this.running
  }

  private async closeModel(model: ChannelModel | undefined, channel: Channel | undefined): Promise<void> {
    try {
      await channel?.close()
      await model?.close()
    } catch {
      // it was lost already
    }
  }

  private async keep(): Promise<void> {
    const { signal } = this.stopping
    let attempt = 0
    while (!signal.aborted) {
      if (this.model === undefined) {
        try {
          await this.connect()
          attempt = 0
        } catch (error) {
          this.options.onState?.('lost', error instanceof Error ? error.message : String(error))
          const minMs = this.options.retryMinMs ?? 200
          await pause(retryDelay(attempt++, { minMs, maxMs: retryMaxMs }), signal)
          continue
        }
      }
      await this.lostConnection()
    }
  }

  private lostConnection(): Promise<void> {
    const { model } = this
    const { signal } = this.stopping
    if (model === undefined) return Promise.resolve()
    return new Promise((resolve) => {
      const settle = (reason: string): void => {
        signal.removeEventListener('abort', onAbort)
        if (this.model === model) {
          this.model = undefined
          this.channel = undefined
          void model.close().catch(() => undefined)
          if (!signal.aborted) this.options.onState?.('lost', reason)
        }
        resolve()
      }
      const onAbort = (): void => settle('closed')
      model.on('close', (error) => settle(error?.message ?? 'the broker closed the connection'))
      this.channel?.on('close', () => settle('the broker closed the channel'))
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  private async connect(): Promise<void> {
    const { address } = this.options
    const timeoutMs = this.options.connectTimeoutMs ?? defaultTimeoutMs
    let model: ChannelModel | undefined
    try {
      model = await connect(
        {
          protocol: address.tls ? 'amqps' : 'amqp',
          hostname: address.host,
          port: address.port,
          username: address.user,
          password: address.password,
          vhost: address.vhost,
          heartbeat: heartbeatS,
        },
        { timeout: timeoutMs, noDelay: true },
      )
      model.on('error', () => undefined) // 'close' follows
      const channel = await model.createChannel()
      channel.on('error', () => undefined) // 'close' follows
      await this.declare(channel)
      if (this.stopping.signal.aborted) throw new Error('closed')
      channel.on('drain', () => {
        this.outbox.isBlocked = false
        this.flush()
      })
      this.model = model
      this.channel = channel
    } catch (cause) {
      await model?.close().catch(() => undefined)
      throw unreachable(address, cause)
    }
    this.connections += 1
    this.options.onState?.('connected', addressText(address))
    this.outbox.isBlocked = false
    this.flush()
  }

  private async declare(channel: Channel): Promise<void> {
    // One request at a time: the next one waits at the broker until this one is done.
    await channel.prefetch(1)
    for (const [name, type] of Object.entries(exchanges))
      await channel.assertExchange(name, type, { durable: false })
    for (const subscription of this.options.subscriptions) await this.subscribe(channel, subscription)
  }

  private async subscribe(channel: Channel, subscription: Subscription): Promise<void> {
    const { onDeadLetter } = subscription
    const queue = randomUUID()
    const own = { exclusive: true, autoDelete: true, durable: false }
    if (onDeadLetter !== undefined) {
      const dead = `${queue}.dead`
      await channel.assertQueue(dead, { ...own, maxLength: defaultWaiting })
      await channel.consume(
        dead,
        (message) => {
          if (message !== null) onDeadLetter(rawOf(message), deathReason(message))
        },
        { noAck: true },
      )
    }
    await channel.assertQueue(queue, {
      ...own,
      maxLength: subscription.maxWaiting ?? defaultWaiting,
      ...(onDeadLetter === undefined
        ? {}
        : {
            arguments: {
              'x-dead-letter-exchange': '',
              'x-dead-letter-routing-key': `${queue}.dead`,
              // The newest is thrown out, not the one that waits longest.
              'x-overflow': 'reject-publish-dlx',
            },
          }),
    })
    await channel.bindQueue(queue, subscription.exchange, subscription.key)
    await channel.consume(
      queue,
      (message) => {
        if (message !== null) subscription.onMessage(this.deliveryOf(channel, message))
      },
      { noAck: subscription.autoAck },
    )
  }

  private deliveryOf(channel: Channel, message: ConsumeMessage): Delivery {
    const whileOpen = (settle: () => void) => () => {
      if (this.channel === channel) settle()
    }
    return {
      ...rawOf(message),
      ack: whileOpen(() => channel.ack(message)),
      reject: whileOpen(() => channel.reject(message, false)),
    }
  }

  private flush(): void {
    const { channel } = this
    if (channel === undefined) return
    this.outbox.send((message) => {
      try {
        const { exchange, key, body, correlationId, headers } = message
        return channel.publish(exchange, key, body, { correlationId, headers }) ? 'sent' : 'sent-last'
      } catch {
        return 'kept' // the channel has just closed: it goes with the next one
      }
    })
  }
}

function rawOf(message: ConsumeMessage): RawMessage {
  const { correlationId, headers } = message.properties
  return {
    body: message.content,
    correlationId: typeof correlationId === 'string' ? correlationId : undefined,
    headers: headers ?? {},
  }
}

function deathReason(message: ConsumeMessage): string {
  const deaths: unknown = message.properties.headers?.['x-death']
  const [last] = Array.isArray(deaths) ? (deaths as unknown[]) : []
  const reason = typeof last === 'object' && last !== null && 'reason' in last ? last.reason : undefined
  return typeof reason === 'string' ? reason : 'unknown'
}

function unreachable(address: BrokerAddress, cause: unknown): DaqError {
  const reason =
    cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause)
  return new DaqError({
    code: 'DAQ_BROKER_UNREACHABLE',
    message: `RabbitMQ at ${addressText(address)} (${address.key}) does not serve us: ${reason ?? 'no answer'}`,
    fault: 'environment',
    remedy: `Start RabbitMQ, or correct ${address.key}.`,
    canRetry: true,
    key: address.key,
    cause,
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
