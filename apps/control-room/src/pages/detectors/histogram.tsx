import { useEffect, useRef, type PointerEvent, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { ImageStore } from '../../image/use-image.ts'
import { frameEntry } from '../../stores/frame-loop.ts'
import { t } from '../../text/text.ts'
import { usePalette } from '../../theme/theme-context.ts'
import { valueAt } from './scale-place.ts'
import type { ViewSettings } from './view-settings.ts'

export interface HistogramProps {
  readonly store: ImageStore
  readonly settings: ViewSettings
  readonly onLimits: (limits: { readonly lo: number; readonly hi: number }) => void
}

/** Ten a second are as many as can be told apart. */
const drawEveryMs = 100

interface Handle {
  readonly side: 'lo' | 'hi'
  /** 0 to 1 */
  place: number
}

/** Pixels per value between the limits, which can be dragged inwards. Drawn outside React: it changes with every image. */
export function Histogram({ store, settings, onLimits }: HistogramProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  const handle = useRef<Handle | null>(null)
  const palette = usePalette()
  const { frames } = useControlRoom()
  const drawing = useRef<() => void>(() => undefined)
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || !context) return undefined
    const draw = (): void => {
      const counts = store.getState().frame?.histogram ?? new Uint32Array(0)
      const { clientWidth: width, clientHeight: height } = element
      if (element.width !== width) element.width = width
      if (element.height !== height) element.height = height
      context.clearRect(0, 0, width, height)
      const top = Math.log1p(Math.max(...counts)) || 1
      context.fillStyle = palette.muted
      for (const [bin, count] of counts.entries()) {
        const tall = (Math.log1p(count) / top) * (height - 2)
        context.fillRect((bin * width) / counts.length, height - tall, Math.ceil(width / counts.length), tall)
      }
      const dragged = handle.current
      context.fillStyle = palette.busy
      context.fillRect(dragged?.side === 'lo' ? dragged.place * (width - 2) : 0, 0, 2, height)
      context.fillRect(dragged?.side === 'hi' ? dragged.place * (width - 2) : width - 2, 0, 2, height)
    }
    drawing.current = draw
    draw()
    const entry = frameEntry(draw, drawEveryMs)
    const unsubscribe = store.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [store, palette, frames])
  const placeOf = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const release = (): void => {
    const dragged = handle.current
    const { frame } = store.getState()
    handle.current = null
    drawing.current()
    if (dragged === null || frame === null || dragged.place === (dragged.side === 'lo' ? 0 : 1)) return
    const { lo, hi } = frame
    onLimits({ lo, hi, [dragged.side]: valueAt({ scale: settings.scale, lo, hi }, dragged.place) })
  }
  return (
    <canvas
      ref={canvas}
      className="range-histogram"
      role="img"
      aria-label={t.detectors.histogram}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        const place = placeOf(event)
        handle.current = { side: place < 0.5 ? 'lo' : 'hi', place: place < 0.5 ? 0 : 1 }
      }}
      onPointerMove={(event) => {
        if (handle.current === null) return
        handle.current.place = placeOf(event)
        drawing.current()
      }}
      onPointerUp={release}
      onPointerCancel={() => {
        handle.current = null
        drawing.current()
      }}
    />
  )
}
