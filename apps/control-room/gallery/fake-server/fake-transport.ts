import type { SocketLike, Transport } from '../../src/net/transport.ts'
import { runEngine } from './engine.ts'
import { fakeAnswer } from './http.ts'
import { fakeSocket } from './socket.ts'
import { makeWorld, type Scenario, type World } from './world.ts'

export interface FakeOptions {
  readonly scenario: Scenario
  /** Milliseconds that each answer takes. */
  readonly delayMs?: number
  /** Path that always fails with status 500, e.g. `/api/runs`. */
  readonly failing?: string | undefined
  /** Rights that the user does not have. */
  readonly without?: readonly string[]
}

export interface FakeServer extends Transport {
  readonly world: World
  /** Cuts the socket and refuses everything until `connect`. */
  disconnect(): void
  connect(): void
  close(): void
}

/** A whole platform in the page: fetch and socket answered from a made-up world. */
export function fakeServer(options: FakeOptions): FakeServer {
  const world = makeWorld(options.scenario)
  const stop = runEngine(world)
  const sockets = new Set<SocketLike>()
  let isConnected = true
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, options.delayMs ?? 2))

  return {
    world,
    async fetch(path, init) {
      await wait()
      init.signal?.throwIfAborted()
      if (!isConnected) throw new TypeError('Failed to fetch')
      const url = new URL(path, 'http://gallery')
      if (options.failing !== undefined && url.pathname.startsWith(options.failing))
        return Response.json(
          { detail: 'The catalog file cannot be read.' },
          { status: 500, headers: { 'x-request-id': 'a1b2c3d4' } },
        )
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {}
      const bytes = init.body instanceof Uint8Array ? init.body : null
      const answer = fakeAnswer(world, { method: init.method ?? 'GET', url, body, bytes })
      if (url.pathname === '/api/ui/bootstrap' && options.without !== undefined) {
        const bootstrap = answer.body as { scopes: readonly string[] }
        answer.body = {
          ...bootstrap,
          scopes: bootstrap.scopes.filter((scope) => options.without?.includes(scope) !== true),
        }
      }
      if (answer.body instanceof ArrayBuffer) return new Response(answer.body, { status: answer.status })
      return Response.json(answer.body, { status: answer.status })
    },
    openSocket() {
      if (!isConnected) {
        const dead: SocketLike = {
          onopen: null,
          onmessage: null,
          onclose: null,
          send: () => undefined,
          close: () => undefined,
        }
        setTimeout(() => dead.onclose?.(1006), 10)
        return dead
      }
      const socket = fakeSocket(world)
      sockets.add(socket)
      return socket
    },
    disconnect() {
      isConnected = false
      for (const socket of sockets) socket.close()
      sockets.clear()
    },
    connect() {
      isConnected = true
    },
    close() {
      stop()
      for (const socket of sockets) socket.close()
    },
  }
}
