import type { ImageView } from '@beamtime/http-gateway/ui-types'
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { colourTable, type ColourMapName } from '../plot/colour-maps.ts'
import type {
  DrawnFrame,
  DrawnProfiles,
  FromImageWorker,
  ToImageWorker,
  ValuesPlace,
} from './image-messages.ts'

export interface ImageState {
  readonly frame: DrawnFrame | null
  /** Of the lines that are asked for; null before the first. */
  readonly drawn: DrawnProfiles | null
  /** Local time of the last frame. */
  readonly receivedMs: number
  readonly error: string | null
  readonly isOpen: boolean
  /** Frames of the last second. */
  readonly fps: number
}

export type ImageStore = StoreApi<ImageState>

/** Masked pixels, then the map, then above the range and saturated, which must stand out of any map. */
function indexColours(map: ColourMapName): Uint32Array {
  const colours = colourTable(map)
  const table = new Uint32Array(256)
  table[0] = 0xff_6a_4a_6a
  for (let index = 1; index <= 253; index++)
    table[index] = colours[Math.round(((index - 1) * 255) / 252)] ?? 0
  table[254] = colours[255] ?? 0
  table[255] = 0xff_ff_ff_ff
  return table
}

export interface ImageOptions {
  readonly view: ImageView | null
  readonly map: ColourMapName
}

/** Draws images of a detector into a canvas by a worker of its own. */
export function useImage({ view, map }: ImageOptions): {
  readonly host: RefObject<HTMLDivElement | null>
  readonly store: ImageStore
  /** Says where values of pixels are written; null for nowhere. */
  readonly placeValues: (place: ValuesPlace | null) => void
} {
  const host = useRef<HTMLDivElement>(null)
  const worker = useRef<Worker>(undefined)
  const [store] = useState<ImageStore>(() =>
    createStore(() => ({ frame: null, drawn: null, receivedMs: 0, error: null, isOpen: false, fps: 0 })),
  )
  useEffect(() => {
    const element = host.current
    if (element === null || typeof OffscreenCanvas === 'undefined') return undefined
    // A canvas is handed over only once, so each worker gets one of its own.
    const canvas = document.createElement('canvas')
    canvas.className = 'image-canvas'
    const texts = document.createElement('canvas')
    texts.className = 'image-values'
    element.prepend(canvas, texts)
    const made = new Worker(new URL('./image-worker.ts', import.meta.url), { type: 'module' })
    worker.current = made
    const times: number[] = []
    made.addEventListener('message', (event: MessageEvent<FromImageWorker>) => take(store, times, event.data))
    const start = {
      canvas: canvas.transferControlToOffscreen(),
      values: texts.transferControlToOffscreen(),
    }
    const url = new URL('/api/ui/frames', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    made.postMessage({ kind: 'start', ...start, url: url.href } satisfies ToImageWorker, [
      start.canvas,
      start.values,
    ])
    return () => {
      made.terminate()
      worker.current = undefined
      canvas.remove()
      texts.remove()
    }
  }, [store])
  const viewText = view === null ? null : JSON.stringify(view)
  useEffect(() => {
    worker.current?.postMessage({
      kind: 'view',
      view: viewText === null ? null : (JSON.parse(viewText) as ImageView),
    } satisfies ToImageWorker)
  }, [viewText])
  useEffect(() => {
    worker.current?.postMessage({ kind: 'colours', table: indexColours(map) } satisfies ToImageWorker)
  }, [map])
  const placeValues = useCallback((place: ValuesPlace | null) => {
    worker.current?.postMessage({ kind: 'values', place } satisfies ToImageWorker)
  }, [])
  return { host, store, placeValues }
}

function take(store: ImageStore, times: number[], message: FromImageWorker): void {
  switch (message.kind) {
    case 'frame': {
      const now = performance.now()
      times.push(now)
      while ((times[0] ?? now) < now - 1_000) times.shift()
      store.setState({ frame: message.frame, receivedMs: Date.now(), error: null, fps: times.length })
      return
    }
    case 'profiles':
      store.setState({ drawn: message.drawn })
      return
    case 'error':
      store.setState({ error: message.text })
      return
    case 'connection':
      store.setState({ isOpen: message.isOpen })
  }
}
