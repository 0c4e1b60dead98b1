import { randomUUID } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import { isRecord } from '../http/body.ts'
import type { Identity } from '../auth/identity.ts'
import type { HelloMessage } from '../ui-types.ts'
import { ChannelError } from './channel.ts'
import type { Channel, ChannelSession } from './channel.ts'
import { LiveSubscription } from './live-subscription.ts'
import { openOutbox } from './outbox.ts'

/** Subscriptions of one socket. */
const maxSubscriptions = 200
/** A browser answers pings by itself, so that a page that only listens is known to be there. */
const pingEveryMs = 5_000

export interface UiSessionOptions {
  readonly channels: Readonly<Record<string, Channel>>
  readonly identity: Identity
  readonly hello: Pick<HelloMessage, 'boot' | 'build'>
  onError(error: unknown): void
}

interface Open {
  readonly subscription: LiveSubscription
  readonly session: ChannelSession
}

/** Serves one socket of the control room until it closes. */
export class UiSession {
  readonly #socket: WebSocket
  readonly #options: UiSessionOptions
  readonly #connection = randomUUID()
  readonly #outbox
  readonly #open = new Map<number, Open>()
  #heardMs = Date.now()
  #pingedMs = 0

  constructor(socket: WebSocket, options: UiSessionOptions) {
    this.#socket = socket
    this.#options = options
    this.#outbox = openOutbox(socket)
    const { user, scopes } = options.identity
    this.#outbox.text({
      k: 'hello',
      v: 1,
      ...options.hello,
      user,
      scopes: [...scopes].toSorted(),
      time: Date.now(),
      hb: 1_000,
    } satisfies HelloMessage)
    socket.on('message', (data, isBinary) => {
      this.#heardMs = Date.now()
      this.#received(data, isBinary)
    })
    socket.on('pong', () => {
      this.#heardMs = Date.now()
    })
  }

  heartbeat(): void {
    const now = Date.now()
    this.#outbox.text({ k: 'hb', t: now })
    if (now - this.#pingedMs < pingEveryMs || this.#socket.readyState !== this.#socket.OPEN) return
    this.#pingedMs = now
    this.#socket.ping()
  }

  close(): void {
    for (const id of this.#open.keys()) this.#unsubscribe(id)
    this.#outbox.close()
  }

  #received(data: RawData, isBinary: boolean): void {
    const message = isBinary ? null : parseMessage(data)
    if (message === null) {
      this.#refuse(0, 'invalid', 'A message is a JSON object in a text frame.')
      return
    }
    const id = message['id']
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id > 0xff_ff_ff_ff) {
      this.#refuse(0, 'invalid', "'id' must be an integer from 0 to 4294967295.")
      return
    }
    try {
      this.#act(id, message)
    } catch (error) {
      this.#failed(id, error)
    }
  }

  #act(id: number, message: Readonly<Record<string, unknown>>): void {
    const args = isRecord(message['args']) ? message['args'] : {}
    switch (message['op']) {
      case 'sub':
        this.#subscribe(id, message, args)
        return
      case 'set': {
        const open = this.#open.get(id)
        if (open === undefined) throw new ChannelError('notfound', `There is no subscription ${id}.`)
        open.session.set(args)
        return
      }
      case 'unsub':
        this.#unsubscribe(id)
        return
      case 'ack':
        return // Only image channels count acknowledgements.
      default:
        throw new ChannelError('invalid', "'op' must be sub, set, unsub or ack.")
    }
  }

  #subscribe(
    id: number,
    message: Readonly<Record<string, unknown>>,
    args: Readonly<Record<string, unknown>>,
  ): void {
    const { channels, identity } = this.#options
    const name = message['ch']
    const channel = typeof name === 'string' && Object.hasOwn(channels, name) ? channels[name] : undefined
    if (channel === undefined) throw new ChannelError('notfound', `There is no channel '${String(name)}'.`)
    if (!identity.scopes.has(channel.scope))
      throw new ChannelError('forbidden', `The channel needs the right '${channel.scope}'.`)
    this.#unsubscribe(id)
    if (this.#open.size >= maxSubscriptions)
      throw new ChannelError('busy', `A socket has at most ${maxSubscriptions} subscriptions.`)
    const since = message['since']
    const subscription = new LiveSubscription({
      id,
      connection: this.#connection,
      user: identity.user,
      since: typeof since === 'number' ? since : null,
      outbox: this.#outbox,
      heard: () => this.#heardMs,
    })
    try {
      this.#open.set(id, { subscription, session: channel.open(subscription, args) })
    } catch (error) {
      subscription.close()
      throw error
    }
  }

  #unsubscribe(id: number): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    open.subscription.close()
    open.session.close()
  }

  #failed(id: number, error: unknown): void {
    if (error instanceof ChannelError) {
      this.#refuse(id, error.code, error.message)
      return
    }
    this.#options.onError(error)
    this.#refuse(id, 'internal', 'The server failed to do this; its log has the reason.')
  }

  #refuse(id: number, code: string, text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#outbox.text({ k: 'err', id, seq: 0, t: Date.now(), d: { code, text } })
  }
}

function parseMessage(data: RawData): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(rawText(data))
    return isRecord(value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function rawText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8')
}
