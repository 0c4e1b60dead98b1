import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { nowMs } from './clock.ts'
import type { PortGroup } from './port-group.ts'

export interface DgramReceiver {
  readonly ports: readonly number[]
  readonly bufferBytes: number
  close(): Promise<void>
}

async function openSocket(options: {
  readonly host: string
  readonly port: number
  readonly bufferBytes: number
}): Promise<Socket> {
  // Node fails a wish that the kernel cuts short only on some systems: ask for less until it is granted.
  for (let wish = options.bufferBytes; ; wish = Math.floor(wish / 2)) {
    const socket = createSocket({ type: 'udp4', ...(wish >= 65_536 ? { recvBufferSize: wish } : {}) })
    try {
      socket.bind(options.port, options.host)
      await once(socket, 'listening')
      return socket
    } catch (error) {
      socket.close()
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_BUFFER_SIZE' || wish < 65_536) throw error
    }
  }
}

/** Receives with Node's own sockets: everywhere, without a compiler. */
export async function receiveWithDgram(parts: {
  readonly host: string
  readonly udpPorts: readonly number[]
  readonly bufferBytes: number
  readonly group: PortGroup
  readonly memory: WebAssembly.Memory
}): Promise<DgramReceiver> {
  const { group } = parts
  const { staging, packetStride } = group.area
  const bytes = new Uint8Array(parts.memory.buffer)
  const datagram = { at: staging, length: 0, nowMs: 0 }
  const sockets: Socket[] = []
  let timer: NodeJS.Timeout | undefined
  let isFast = false
  // Frames that wait need a short tick; a port that nobody sends to does not.
  const schedule = (): void => {
    clearTimeout(timer)
    isFast = group.isBusy
    timer = setTimeout(tick, isFast ? 20 : 250)
  }
  const tick = (): void => {
    group.tick(nowMs())
    schedule()
  }
  try {
    for (const [which, port] of parts.udpPorts.entries()) {
      const socket = await openSocket({ host: parts.host, port, bufferBytes: parts.bufferBytes })
      sockets.push(socket)
      socket.on('message', (message) => {
        datagram.length = message.length
        bytes.set(message.length > packetStride ? message.subarray(0, packetStride) : message, staging)
        datagram.nowMs = nowMs()
        group.packet(which, datagram)
        group.flushBatch()
        if (!isFast && group.isBusy) schedule()
      })
      // A refused send elsewhere may surface here; it is no packet.
      socket.on('error', () => undefined)
    }
  } catch (error) {
    for (const socket of sockets) socket.close()
    throw error
  }
  schedule()
  return {
    ports: sockets.map((socket) => socket.address().port),
    bufferBytes: sockets[0]?.getRecvBufferSize() ?? 0,
    close: async () => {
      clearTimeout(timer)
      await Promise.all(
        sockets.map((socket) => {
          const closed = once(socket, 'close')
          socket.close()
          return closed
        }),
      )
    },
  }
}
