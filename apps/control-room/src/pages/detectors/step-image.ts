import type { DrawnFrame } from '../../image/image-messages.ts'
import type { ViewMode, ViewSettings } from './view-settings.ts'

/** Images that can be stepped back through while paused. */
const heldImages = 32

/** One image on or back: of the buffer while paused, of the file while recorded images are looked at. */
export function stepped(
  settings: ViewSettings,
  frame: DrawnFrame | null,
  by: 1 | -1,
): Partial<ViewSettings> | undefined {
  switch (settings.mode) {
    case 'live':
    case 'sum':
      return undefined
    case 'recorded':
      return { image: Math.max(0, settings.image + by) }
    case 'pause': {
      if (frame === null) return undefined
      const now = settings.held ?? Number(frame.frameNumber)
      const newest = settings.newest ?? now
      const next = Math.min(newest, Math.max(newest - heldImages + 1, now + by))
      return next === now ? undefined : { held: Math.max(0, next), newest }
    }
  }
}

/** Another way of looking. A pause holds on to the image that is shown, so that regions can still be drawn and counted on it. */
export function inMode(
  mode: ViewMode,
  settings: ViewSettings,
  frame: DrawnFrame | null,
): Partial<ViewSettings> {
  const held =
    mode === 'pause' && settings.mode === 'live' && frame !== null ? Number(frame.frameNumber) : null
  return { mode, held, newest: held }
}
