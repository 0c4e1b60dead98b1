import { createSocket, type Socket } from 'node:dgram'
import { createRepeater } from '../core/repeater.ts'
import type { Endpoint } from '../core/endpoint.ts'
import { isLocalAddress } from './host-addresses.ts'

/** A repeater in this process. */
export interface EmbeddedRepeater {
  close(): Promise<void>
}

function bind(socket: Socket, place: { readonly port: number; readonly address: string }): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.bind({ ...place, exclusive: true }, () => resolve(true))
  })
}

async function isFree(client: Endpoint): Promise<boolean> {
  const socket = createSocket('udp4')
  const free = await bind(socket, { port: client.port, address: '0.0.0.0' })
  socket.close()
  return free
}

/** Starts a repeater; undefined when the port is taken, which is taken to mean that a repeater runs. */
export async function startRepeater(port: number): Promise<EmbeddedRepeater | undefined> {
  const socket = createSocket('udp4')
  if (!(await bind(socket, { port, address: '0.0.0.0' }))) {
    socket.close()
    return undefined
  }
  socket.removeAllListeners('error')
  // A datagram to a client that died bounces; the probe finds out who.
  socket.on('error', () => undefined)
  socket.unref()
  const repeater = createRepeater({ isLocal: isLocalAddress })
  let closed = false

  async function probe(clients: readonly Endpoint[]): Promise<void> {
    for (const client of clients) {
      if (await isFree(client)) repeater.step({ kind: 'free', client })
    }
  }

  socket.on('message', (bytes, remote) => {
    const actions = repeater.step({
      kind: 'datagram',
      bytes,
      from: { address: remote.address, port: remote.port },
      nowMs: performance.now(),
    })
    for (const action of actions) {
      if (action.kind === 'probe') void probe(action.clients)
      else if (!closed) socket.send(action.bytes, action.to.port, action.to.address)
    }
  })
  return {
    close() {
      if (closed) return Promise.resolve()
      closed = true
      return new Promise((resolve) => socket.close(() => resolve()))
    },
  }
}
