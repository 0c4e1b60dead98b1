import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { framesRoute } from '../../src/detectors/frames-socket.ts'
import type { ImageViews, ViewHandler } from '../../src/detectors/image-views.ts'

/** A socket of which a test says how much it holds. */
class HeldSocket extends EventEmitter {
  readonly OPEN = 1
  readonly readyState = 1
  bufferedAmount = 0
  readonly sent: unknown[] = []
  send(data: unknown): void {
    this.sent.push(data)
  }
}

function opened(): { socket: HeldSocket; handler: ViewHandler; calls: string[] } {
  const calls: string[] = []
  const handlers: ViewHandler[] = []
  const views: ImageViews = {
    open: (_first, handler) => {
      handlers.push(handler)
      return {
        change: () => calls.push('change'),
        acknowledge: () => calls.push('acknowledge'),
        dropped: () => calls.push('dropped'),
        close: () => calls.push('close'),
      }
    },
    count: 1,
    close: async () => undefined,
  }
  const socket = new HeldSocket()
  const detectors = [{ id: 'jungfrau', url: 'http://127.0.0.1:1', isSimulated: false }]
  framesRoute(views, detectors).open(socket as unknown as WebSocket, undefined as never, undefined as never)
  socket.emit('message', Buffer.from(JSON.stringify({ op: 'view', id: 4, view: { det: 'jungfrau' } })))
  const [handler] = handlers
  if (handler === undefined) throw new Error('no view was opened')
  return { socket, handler, calls }
}

const image = new Uint8Array([0x43, 0x52, 0x46, 0x31, 1])
const arrays = new Uint8Array([0x43, 0x52, 0x46, 0x31, 2])

test('an image for which a busy socket has no room is given back, so that the view goes on when it has', () => {
  const { socket, handler, calls } = opened()
  handler.frame(image)
  expect(socket.sent).toEqual([image])
  expect(calls).toEqual([])
  socket.bufferedAmount = 64 * 1024 * 1024
  handler.frame(image)
  expect(socket.sent).toHaveLength(1)
  expect(calls).toEqual(['dropped'])
  socket.bufferedAmount = 0
  handler.frame(image)
  expect(socket.sent).toHaveLength(2)
})

test('arrays are never acknowledged, so that one that is left out gives nothing back', () => {
  const { socket, handler, calls } = opened()
  socket.bufferedAmount = 64 * 1024 * 1024
  handler.frame(arrays)
  expect(socket.sent).toEqual([])
  expect(calls).toEqual([])
})
