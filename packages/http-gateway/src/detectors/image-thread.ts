import { parentPort } from 'node:worker_threads'
import type { FromImageThread, ToImageThread } from './image-thread-messages.ts'
import { DetectorImages, type OpenView } from './detector-images.ts'

/* The thread that fetches images and makes frames of them, so that a large detector never holds up the sockets. */

const port = parentPort
if (port === null) throw new Error('image-thread.ts is started as a worker')

const detectors = new Map<string, DetectorImages>()
const views = new Map<number, OpenView & { readonly url: string }>()

function tell(message: FromImageThread): void {
  if (message.kind === 'frame') port?.postMessage(message, [message.bytes.buffer as ArrayBuffer])
  else port?.postMessage(message)
}

function imagesOf(url: string): DetectorImages {
  const known = detectors.get(url)
  if (known !== undefined) return known
  const made = new DetectorImages(url, tell)
  detectors.set(url, made)
  return made
}

function end(key: number): void {
  const view = views.get(key)
  if (view === undefined) return
  views.delete(key)
  const images = imagesOf(view.url)
  images.remove(view)
  if (images.isIdle) detectors.delete(view.url)
}

port.on('message', (message: ToImageThread) => {
  switch (message.op) {
    case 'view': {
      const { key, subscription, url, view } = message
      const open = views.get(key)
      if (open !== undefined && open.url === url) {
        imagesOf(url).change(open, view)
        return
      }
      end(key)
      views.set(key, { url, ...imagesOf(url).add({ key, subscription, view }) })
      return
    }
    case 'ack': {
      const open = views.get(message.key)
      if (open !== undefined) imagesOf(open.url).acknowledge(open)
      return
    }
    case 'dropped': {
      const open = views.get(message.key)
      if (open !== undefined) imagesOf(open.url).dropped(open)
      return
    }
    case 'end':
      end(message.key)
  }
})
