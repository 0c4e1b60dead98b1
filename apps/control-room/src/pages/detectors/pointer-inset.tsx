import { useEffect, useRef, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { turnMatrix } from '../../image/orientation.ts'
import type { BeamGeometry } from '../../image/resolution.ts'
import type { ImageStore } from '../../image/use-image.ts'
import { colourTable } from '../../plot/colour-maps.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { beamTexts } from './beam-texts.ts'
import { placeOf } from './scale-place.ts'
import type { ViewSettings } from './view-settings.ts'

const outside = 0xff_6a_4a_6a

/** The pixels around the pointer, enlarged, and the value under it. */
export function PointerInset({
  store,
  settings,
  geometry,
}: {
  readonly store: ImageStore
  readonly settings: ViewSettings
  readonly geometry: BeamGeometry
}): ReactElement | null {
  const frame = useStore(store, (view) => view.frame)
  const canvas = useRef<HTMLCanvasElement>(null)
  const probe = frame?.probe ?? null
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || frame === null || probe === null) return
    const table = colourTable(settings.map)
    const range = { scale: settings.scale, lo: frame.lo, hi: frame.hi }
    const image = context.createImageData(probe.side, probe.side)
    const words = new Uint32Array(image.data.buffer)
    for (const [at, value] of probe.values.entries())
      words[at] = Number.isNaN(value) ? outside : (table[Math.round(placeOf(range, value) * 255)] ?? 0)
    context.putImageData(image, 0, 0)
  }, [frame, probe, settings.map, settings.scale])
  if (probe === null) return null
  return (
    <div className="image-probe num" aria-hidden>
      <canvas
        ref={canvas}
        width={probe.side}
        height={probe.side}
        style={{
          transform: `matrix(${turnMatrix(settings.orientation, { width: 0, height: 0 }).join(', ')})`,
        }}
      />
      <div>
        <span className="muted">{t.detectors.pointerTitle}</span>
        <span>{t.detectors.pointerX(probe.x)}</span>
        <span>{t.detectors.pointerY(probe.y)}</span>
        <strong>{formatNumber(probe.values[(probe.values.length - 1) / 2])}</strong>
        {beamTexts(geometry, { x: probe.x + 0.5, y: probe.y + 0.5 }).map((text) => (
          <span key={text}>{text}</span>
        ))}
      </div>
    </div>
  )
}
