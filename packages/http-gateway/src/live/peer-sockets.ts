import type { WebSocket } from 'ws'
import type { ConsoleMessage } from '@beamtime/queue-client'
import type { ConsoleLog } from '../console/console-log.ts'
import type { QueueLink } from '../queue/queue-link.ts'
import type { SocketRoute } from './socket-server.ts'

/** Messages that wait for a slow reader; older ones are dropped. */
const maxWaiting = 1_000
const busyBytes = 1024 * 1024
const statusEveryMs = 1_000

/** The sockets of the Bluesky HTTP Server. Text from clients is ignored. */
export function peerSockets(link: QueueLink, log: ConsoleLog): Readonly<Record<string, SocketRoute>> {
  return {
    '/api/console_output/ws': {
      scope: 'read:console',
      open(socket, _identity, request) {
        const query = new URLSearchParams(request.url?.split('?', 2)[1] ?? '')
        const out = boundedSender(socket, query.get('notes') === '1')
        for (const message of log.messages(Number(query.get('backlog')) || 0)) out.send(message)
        const stop = log.onMessage((message: ConsoleMessage) => out.send(message))
        socket.once('close', stop)
      },
    },
    '/api/status/ws': {
      scope: 'read:monitor',
      open: (socket) => openStatus(socket, link),
    },
    '/api/info/ws': {
      scope: 'read:monitor',
      open(socket) {
        const out = boundedSender(socket, false)
        if (link.status !== null) out.send({ time: Date.now() / 1_000, msg: { status: link.status } })
        const stop = link.onInfo((message) => out.send(message))
        socket.once('close', stop)
      },
    },
  }
}

/** The status on every change and at least once a second. */
function openStatus(socket: WebSocket, link: QueueLink): void {
  const out = boundedSender(socket, false)
  const send = (): void => {
    if (link.status !== null) out.send({ time: Date.now() / 1_000, msg: { status: link.status } })
    timer.refresh()
  }
  const timer = setInterval(send, statusEveryMs)
  send()
  const stop = link.onStatus(send)
  socket.once('close', () => {
    stop()
    clearInterval(timer)
  })
}

function boundedSender(socket: WebSocket, notes: boolean): { send(message: unknown): void } {
  const waiting: string[] = []
  let dropped = 0
  const flush = (): void => {
    while (waiting.length > 0 && socket.bufferedAmount < busyBytes) socket.send(waiting.shift() ?? '', flush)
  }
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return
      if (waiting.length >= maxWaiting) {
        waiting.shift()
        dropped += 1
      }
      if (notes && dropped > 0 && socket.bufferedAmount < busyBytes) {
        waiting.push(JSON.stringify({ dropped }))
        dropped = 0
      }
      waiting.push(JSON.stringify(message))
      flush()
    },
  }
}
