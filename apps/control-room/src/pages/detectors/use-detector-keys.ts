import { useEffect } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { isTyping } from '../../app/use-keys.ts'
import type { DrawnFrame } from '../../image/image-messages.ts'
import { kept, type ShownRegion } from '../../image/image-place.ts'
import { stepInSource, turnedSize } from '../../image/orientation.ts'
import { movedRoi } from '../../image/roi-edit.ts'
import type { ImageStore } from '../../image/use-image.ts'
import { inMode, stepped } from './step-image.ts'
import type { ChangeSettings, PictureRoom, ViewSettings } from './view-settings.ts'

const scales = ['linear', 'log', 'sqrt', 'asinh'] as const
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export interface DetectorKeys {
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly store: ImageStore
  readonly room: PictureRoom
  readonly onSave: () => void
}

interface Looking {
  readonly settings: ViewSettings
  readonly frame: DrawnFrame | null
  readonly room: DetectorKeys['room']
}

const keys: Readonly<Record<string, (looking: Looking) => Partial<ViewSettings> | undefined>> = {
  l: ({ settings }) => ({ scale: scales[(scales.indexOf(settings.scale) + 1) % scales.length] ?? 'linear' }),
  a: ({ settings, frame }) =>
    settings.auto === 'off'
      ? { auto: 'p0.1-99.9' }
      : { auto: 'off', lo: frame?.lo ?? settings.lo, hi: frame?.hi ?? settings.hi },
  p: ({ settings, frame }) => inMode(settings.mode === 'pause' ? 'live' : 'pause', settings, frame),
  m: ({ settings }) => ({ isMasked: !settings.isMasked }),
  ',': ({ settings, frame }) => stepped(settings, frame, -1),
  '.': ({ settings, frame }) => stepped(settings, frame, 1),
  f: () => ({ region: null }),
  '1': (looking) => (looking.frame === null ? undefined : { region: oneToOne(looking.frame, looking) }),
  r: () => ({ tool: 'rect' }),
  e: () => ({ tool: 'ellipse' }),
  n: () => ({ tool: 'line' }),
  y: () => ({ tool: 'polygon' }),
  b: () => ({ tool: 'centre', hasRings: true }),
  v: () => ({ tool: 'point' }),
}

/** What a key of the page changes; undefined when it means nothing here. */
export function keyChange(
  key: string,
  { settings, store, room }: Pick<DetectorKeys, 'settings' | 'store' | 'room'>,
): Partial<ViewSettings> | undefined {
  return keys[key]?.({ settings, room, frame: store.getState().frame })
}

/** As many source pixels as there are pixels for them, around the middle of what is shown. */
function oneToOne({ region, source }: DrawnFrame, { settings, room }: Looking): ShownRegion {
  const { width, height } = turnedSize(room, settings.orientation)
  const [w, h] = [Math.min(source.width, width * room.ratio), Math.min(source.height, height * room.ratio)]
  return kept({ x: region.x + (region.w - w) / 2, y: region.y + (region.h - h) / 2, w, h }, source)
}

/** Moves the chosen region, to where the arrow points in the picture. */
export function movedRegion(
  settings: ViewSettings,
  seen: readonly [number, number],
): Partial<ViewSettings> | undefined {
  if (settings.selected === null) return undefined
  const [dx, dy] = stepInSource(settings.orientation, seen)
  const rois = settings.rois.map((roi) => (roi.id === settings.selected ? movedRoi(roi, dx, dy) : roi))
  return { rois }
}

/** Keys of the Detectors page; none acts on the detector. */
export function useDetectorKeys({ settings, onChange, store, room, onSave }: DetectorKeys): void {
  const { prefs } = useControlRoom()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || isTyping(event.target)) return
      if (event.target instanceof HTMLSelectElement) return
      if (event.ctrlKey || event.metaKey) {
        if (!withControl(event.key)) return
      } else if (!plain(event)) return
      event.preventDefault()
    }
    const withControl = (key: string): boolean => {
      if (key === 's') onSave()
      else if (key === 'c' && document.getSelection()?.isCollapsed !== false) copyProbe(store)
      else return false
      return true
    }
    const plain = (event: KeyboardEvent): boolean => {
      const arrow = arrows[event.key]
      const by = event.shiftKey ? 10 : 1
      if (arrow === undefined && !prefs.getState().letterKeys) return false
      // A row of choices moves by arrows itself.
      if (arrow !== undefined && event.target instanceof Element && event.target.closest('[role=radiogroup]'))
        return false
      const change =
        arrow === undefined
          ? keyChange(event.key, { settings, store, room })
          : movedRegion(settings, [arrow[0] * by, arrow[1] * by])
      if (change !== undefined) onChange(change)
      return change !== undefined
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}

/** The value under the pointer, with all its digits. */
function copyProbe(store: ImageStore): void {
  const probe = store.getState().frame?.probe
  const value = probe?.values[(probe.values.length - 1) / 2]
  if (value !== undefined) void navigator.clipboard.writeText(String(value))
}
