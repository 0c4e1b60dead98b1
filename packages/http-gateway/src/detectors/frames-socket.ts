import type { RawData, WebSocket } from 'ws'
import type { SocketRoute } from '../live/socket-server.ts'
import { frameTypes } from '../frames.ts'
import type { FramesError } from '../ui-types.ts'
import type { DetectorAddress } from './detector-watch.ts'
import type { ImageViews, ViewHandle } from './image-views.ts'
import { framesRequest } from './view-request.ts'

const maxViews = 8
/** Above this many bytes in the socket no image is sent. */
const congestionBytes = 16 * 1024 * 1024

/** `/api/ui/frames`: images of detectors, opened by the worker that draws them. */
export function framesRoute(views: ImageViews, detectors: readonly DetectorAddress[]): SocketRoute {
  return {
    scope: 'read:monitor',
    open(socket) {
      const open = new Map<number, ViewHandle>()
      const refuse = (id: number, text: string): void => {
        if (socket.readyState === socket.OPEN)
          socket.send(JSON.stringify({ k: 'err', id, text } satisfies FramesError))
      }
      const end = (id: number): void => {
        open.get(id)?.close()
        open.delete(id)
      }
      socket.on('message', (data: RawData) => {
        const request = framesRequest(Buffer.isBuffer(data) ? data.toString('utf8') : '')
        if (request === null)
          return refuse(0, 'A request is {"op": "view" | "ack" | "end", "id": number, ...}.')
        const { id } = request
        switch (request.op) {
          case 'ack':
            open.get(id)?.acknowledge()
            return
          case 'end':
            end(id)
            return
          case 'view': {
            const url = detectors.find((one) => one.id === request.view.det)?.url
            if (url === undefined) return refuse(id, `There is no detector '${request.view.det}'.`)
            const known = open.get(id)
            if (known !== undefined) return known.change(request.view, url)
            if (open.size >= maxViews) return refuse(id, `A socket has at most ${maxViews} views.`)
            const frame = (bytes: Uint8Array): void => {
              if (!sent(socket, bytes) && bytes[4] === frameTypes.image) open.get(id)?.dropped()
            }
            const handler = { frame, error: (text: string) => refuse(id, text) }
            open.set(id, views.open({ subscription: id, view: request.view, url }, handler))
          }
        }
      })
      socket.once('close', () => {
        for (const id of open.keys()) end(id)
      })
    },
  }
}

/** False where the socket is closed or holds more than it should. */
function sent(socket: WebSocket, bytes: Uint8Array): boolean {
  if (socket.readyState !== socket.OPEN || socket.bufferedAmount >= congestionBytes) return false
  socket.send(bytes, { binary: true, compress: false })
  return true
}
