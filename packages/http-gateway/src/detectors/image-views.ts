import { Worker } from 'node:worker_threads'
import type { ImageView } from '../ui-types.ts'
import type { FromImageThread, ToImageThread } from './image-thread-messages.ts'

export interface ViewHandler {
  frame(bytes: Uint8Array): void
  error(text: string): void
}

export interface ViewHandle {
  change(view: ImageView, url: string): void
  acknowledge(): void
  /** The frame that was given last never went out. */
  dropped(): void
  close(): void
}

/** Views of detector images. The thread that makes them starts with the first view and ends with the last. */
export interface ImageViews {
  open(
    first: { readonly subscription: number; readonly view: ImageView; readonly url: string },
    handler: ViewHandler,
  ): ViewHandle
  readonly count: number
  close(): Promise<void>
}

export function imageViews(onError: (error: unknown) => void): ImageViews {
  const handlers = new Map<number, ViewHandler>()
  let thread: Worker | null = null
  let next = 1
  const post = (message: ToImageThread): void => {
    thread ??= start()
    thread.postMessage(message)
  }
  const start = (): Worker => {
    const worker = new Worker(new URL('./image-thread.ts', import.meta.url))
    worker.unref()
    worker.on('message', (message: FromImageThread) => {
      const handler = handlers.get(message.key)
      if (message.kind === 'frame') handler?.frame(message.bytes)
      else handler?.error(message.text)
    })
    worker.on('error', onError)
    worker.on('exit', () => {
      if (thread !== worker) return
      thread = null
      for (const handler of handlers.values()) handler.error('The thread that draws images has ended.')
    })
    return worker
  }
  const stop = async (): Promise<void> => {
    const worker = thread
    thread = null
    await worker?.terminate()
  }
  return {
    get count() {
      return handlers.size
    },
    open({ subscription, view, url }, handler) {
      const key = next
      next += 1
      handlers.set(key, handler)
      post({ op: 'view', key, subscription, url, view })
      return {
        change: (changed, place) => post({ op: 'view', key, subscription, url: place, view: changed }),
        acknowledge: () => post({ op: 'ack', key }),
        dropped: () => post({ op: 'dropped', key }),
        close() {
          if (!handlers.delete(key)) return
          post({ op: 'end', key })
          if (handlers.size === 0) void stop()
        },
      }
    },
    async close() {
      handlers.clear()
      await stop()
    },
  }
}
