import type { AutoRange, ImageRoi, ImageView, ScaleName } from '@beamtime/http-gateway/ui-types'
import { useState } from 'react'
import type { ImageTool } from '../../image/region-overlay.tsx'
import type { ShownRegion } from '../../image/image-place.ts'
import type { ColourMapName } from '../../plot/colour-maps.ts'

/** How a person looks at a detector; kept per detector while the tab lives. */
export interface ViewSettings {
  readonly scale: ScaleName
  readonly map: ColourMapName
  readonly auto: AutoRange
  readonly lo: number
  readonly hi: number
  readonly rois: readonly ImageRoi[]
  readonly selected: number | null
  readonly tool: ImageTool
  /** Null shows all. */
  readonly region: ShownRegion | null
  readonly probe: { readonly x: number; readonly y: number } | null
  readonly isPaused: boolean
}

export const firstSettings: ViewSettings = {
  scale: 'log',
  map: 'inferno',
  auto: 'p0.1-99.9',
  lo: 0,
  hi: 100,
  rois: [],
  selected: null,
  tool: 'point',
  region: null,
  probe: null,
  isPaused: false,
}

const remembered = new Map<string, ViewSettings>()

export type ChangeSettings = (change: Partial<ViewSettings>) => void

export function useViewSettings(detector: string): readonly [ViewSettings, ChangeSettings] {
  const [settings, setSettings] = useState(() => remembered.get(detector) ?? firstSettings)
  return [
    settings,
    (change) =>
      setSettings((old) => {
        const next = { ...old, ...change }
        remembered.set(detector, next)
        return next
      }),
  ]
}

/** What is asked of the server; null while paused. */
export function viewOf(
  detector: string,
  settings: ViewSettings,
  out: { readonly width: number; readonly height: number },
): ImageView | null {
  if (settings.isPaused || out.width === 0) return null
  return {
    det: detector,
    view: settings.region,
    out: { w: Math.round(out.width), h: Math.round(out.height) },
    fps: 30,
    scale: settings.scale,
    lo: settings.lo,
    hi: settings.hi,
    auto: settings.auto,
    reduce: 'max',
    rois: settings.rois,
    probe:
      settings.probe === null ? null : { x: Math.floor(settings.probe.x), y: Math.floor(settings.probe.y) },
    hist: true,
  }
}
