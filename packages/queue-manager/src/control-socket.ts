import { randomUUID } from 'node:crypto'
import { Context, Dealer, Router } from 'zeromq'
import { bindSocket } from './bind-socket.ts'
import type { PlainObject } from './core/plain-object.ts'
import { admitCurveClients } from './curve-clients.ts'
import type { CurveOptions, SocketOptions } from './socket-options.ts'
import { wireCodecs } from './wire-codec.ts'

export interface ControlSocketOptions extends SocketOptions {
  /** null: not encrypted. */
  readonly curve: CurveOptions | null
  /** A decoded request; it is answered by `reply` with the same id, or never. */
  onRequest(id: number, body: unknown): void
}

export interface ControlSocket {
  readonly endpoint: string
  /** Answers to unknown ids are dropped: their peer is gone. */
  reply(id: number, body: PlainObject): void
  /** A client inside of this process; its requests have negative ids. */
  connectInside(): InsideClient
  /** What waits, for the log of a manager that is found silent. */
  backlog(): Readonly<Record<string, number>>
  /** Sends what waits and unbinds. */
  close(): Promise<void>
}

/** Sends requests by the way that those of other processes take, all but the network. */
export interface InsideClient {
  send(body: PlainObject): void
  /** Each answer, until it is closed. */
  onAnswer(heard: () => void): void
  close(): void
}

/** Messages that a peer may leave unsent when the manager ends. */
const lingerMs = 2_000
const insideAddress = 'inproc://inside'

/** A peer that floods gets no answer to what is beyond. REQ clients have one request at a time. */
const maxWaitingPerPeer = 1000
const maxRequestBytes = 512 * 1024 * 1024
const empty = Buffer.alloc(0)

interface Peer {
  readonly identity: Buffer
  readonly waiting: Buffer[]
}

/**
 * A ROUTER that behaves like a REP socket toward each peer: one request at a time and in order for one peer, while
 * other peers are served between. Frames without the empty delimiter are dropped, as REP does.
 */
export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  const codec = wireCodecs[options.encoding]
  // A context of its own: who may connect is asked once a context.
  const context = new Context()
  const { curve } = options
  const router = new Router({
    context,
    linger: lingerMs,
    maxMessageSize: maxRequestBytes,
    ...(curve === null ? {} : { curveServer: true, curveSecretKey: curve.secretKey }),
  })
  const clients =
    curve === null || curve.clientKeys.length === 0
      ? null
      : await admitCurveClients(context, curve.clientKeys)
  const endpoint = await bindSocket(router, options).catch((error: unknown) => {
    clients?.close()
    throw error
  })
  await router.bind(insideAddress)
  const insideName = randomUUID()
  const peers = new Map<string, Peer>()
  const open = new Map<number, Peer>()
  const outgoing: Buffer[][] = []
  let nextId = 1
  /** The status is asked for most of all and seldom changes. */
  let last: { readonly body: PlainObject; readonly bytes: Buffer } | null = null
  let sending: Promise<void> | null = null

  function received(identity: Buffer, payload: Buffer): void {
    const name = identity.toString('latin1')
    const peer = peers.get(name)
    if (peer === undefined) {
      const fresh = { identity, waiting: [] }
      peers.set(name, fresh)
      begin(fresh, payload)
    } else if (peer.waiting.length < maxWaitingPerPeer) peer.waiting.push(payload)
  }

  function begin(peer: Peer, payload: Buffer): void {
    const number = nextId++
    const id = peer.identity.toString('latin1') === insideName ? -number : number
    open.set(id, peer)
    const decoded = codec.decode(payload)
    if (decoded.kind === 'body') options.onRequest(id, decoded.body)
    else reply(id, { success: false, msg: decoded.text })
  }

  function encoded(body: PlainObject): Buffer {
    if (body === last?.body) return last.bytes
    const text = codec.encode(body)
    const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)
    if (Object.hasOwn(body, 'status_uid')) last = { body, bytes }
    return bytes
  }

  function reply(id: number, body: PlainObject): void {
    const peer = open.get(id)
    if (peer === undefined) return
    open.delete(id)
    outgoing.push([peer.identity, empty, encoded(body)])
    sending ??= send()
    const next = peer.waiting.shift()
    if (next === undefined) peers.delete(peer.identity.toString('latin1'))
    else setImmediate(() => begin(peer, next))
  }

  async function send(): Promise<void> {
    for (let frames = outgoing.shift(); frames !== undefined; frames = outgoing.shift()) {
      try {
        await router.send(frames)
      } catch {
        // This peer cannot be reached. Once the socket is closed, nobody is left to answer.
        if (router.closed) break
      }
    }
    sending = null
  }

  const receiving = (async () => {
    for await (const [identity, delimiter, payload] of router) {
      if (identity !== undefined && delimiter?.length === 0 && payload !== undefined)
        received(identity, payload)
    }
  })()

  return {
    endpoint,
    reply,
    connectInside() {
      const dealer = new Dealer({ context, linger: 0, routingId: insideName })
      dealer.connect(insideAddress)
      return insideClient(dealer, (body) => codec.encode(body))
    },
    backlog: () => ({ peers: peers.size, unanswered: open.size, unsent: outgoing.length }),
    async close() {
      if (router.closed) return
      await sending
      router.close()
      clients?.close()
      await receiving.catch(() => undefined) // a receive that was interrupted by closing
    },
  }
}

function insideClient(dealer: Dealer, encode: (body: PlainObject) => Uint8Array | string): InsideClient {
  return {
    send(body) {
      if (!dealer.closed) void dealer.send([empty, Buffer.from(encode(body))]).catch(() => undefined)
    },
    onAnswer(heard) {
      void (async () => {
        for await (const _frames of dealer) heard()
      })().catch(() => undefined) // it was closed
    },
    close: () => dealer.close(),
  }
}
