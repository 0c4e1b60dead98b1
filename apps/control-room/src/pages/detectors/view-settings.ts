import type {
  AutoRange,
  ImageRoi,
  ImageView,
  ScaleName,
  ViewThreshold,
} from '@beamtime/http-gateway/ui-types'
import { useCallback, useState } from 'react'
import type { ImageTool } from '../../image/region-overlay.tsx'
import type { ShownRegion } from '../../image/image-place.ts'
import { pictureScale, turnedSize, upright, type Orientation, type Size } from '../../image/orientation.ts'
import { valuesAbove } from '../../image/pixel-texts.ts'
import type { ColourMapName } from '../../plot/colour-maps.ts'
import { picturePlace } from './picture-place.ts'

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
  /** Pixels across of lines that are drawn next. */
  readonly lineWidth: number
  /** For the eye only. */
  readonly orientation: Orientation
  /** Beam centre and rings are drawn. */
  readonly hasRings: boolean
  /** Null shows all. */
  readonly region: ShownRegion | null
  readonly probe: { readonly x: number; readonly y: number } | null
  readonly mode: ViewMode
  /** Images of a sum. */
  readonly stack: number
  /** While paused: the image of the buffer that was stepped to; null is the one that was last shown. */
  readonly held: number | null
  /** The image at which it was paused. */
  readonly newest: number | null
  /** Acquisition whose images are looked at; empty is the newest one. */
  readonly run: string
  /** Which of its images, from 0. */
  readonly image: number
  readonly isMasked: boolean
  /** For the eye only; null shows all values. */
  readonly threshold: ViewThreshold | null
}

export type ViewMode = 'live' | 'pause' | 'sum' | 'recorded'

export const firstSettings: ViewSettings = {
  scale: 'log',
  map: 'inferno',
  auto: 'p0.1-99.9',
  lo: 0,
  hi: 100,
  rois: [],
  selected: null,
  tool: 'point',
  lineWidth: 1,
  orientation: upright,
  hasRings: true,
  region: null,
  probe: null,
  mode: 'live',
  stack: 10,
  held: null,
  newest: null,
  run: '',
  image: 0,
  isMasked: true,
  threshold: null,
}

const remembered = new Map<string, ViewSettings>()

export type ChangeSettings = (change: Partial<ViewSettings>) => void

export function useViewSettings(detector: string): readonly [ViewSettings, ChangeSettings] {
  const [settings, setSettings] = useState(() => remembered.get(detector) ?? firstSettings)
  const change = useCallback<ChangeSettings>(
    (part) =>
      setSettings((old) => {
        const next = { ...old, ...part }
        remembered.set(detector, next)
        return next
      }),
    [detector],
  )
  return [settings, change]
}

/** The room for the picture in CSS pixels, and how many device pixels each of them has. */
export interface PictureRoom extends Size {
  readonly ratio: number
}

/** What is asked of the server; null while what was last shown stays. `source` is the size of the image where it is known. */
export function viewOf(
  detector: string,
  settings: ViewSettings,
  { room, source: size }: { readonly room: PictureRoom; readonly source: Size | null },
): ImageView | null {
  const source = sourceOf(settings)
  if (source === null || room.width === 0) return null
  const place = size === null ? null : picturePlace(settings, size, room)
  const out = turnedSize(room, settings.orientation)
  return {
    det: detector,
    view: settings.region === null ? null : (place?.region ?? settings.region),
    out: { w: Math.round(out.width * room.ratio), h: Math.round(out.height * room.ratio) },
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
    mask: settings.isMasked,
    threshold: settings.threshold,
    profiles: settings.rois.some(({ kind }) => kind === 'line'),
    values: place !== null && pictureScale(place) > valuesAbove,
    ...source,
  }
}

function sourceOf({
  mode,
  stack,
  held,
  run,
  image,
}: ViewSettings): Pick<ImageView, 'mode' | 'run' | 'image'> | null {
  switch (mode) {
    case 'live':
      return { mode: 'latest', run: '', image: 0 }
    case 'pause':
      return held === null ? null : { mode: 'held', run: '', image: held }
    case 'sum':
      return { mode: `sum ${stack}`, run: '', image: 0 }
    case 'recorded':
      return { mode: 'recorded', run: run === '' ? 'current' : run, image }
  }
}

/** Periods without an image after which the last one is old. */
const stalePeriods = 3
const leastStaleMs = 1_000

/** How old an image may be before that is said: by the rate at which images last came. */
export function staleAfterMs(imagesPerSecond: number): number {
  return imagesPerSecond > 0
    ? Math.max(leastStaleMs, (stalePeriods * 1_000) / imagesPerSecond)
    : leastStaleMs * 2
}
