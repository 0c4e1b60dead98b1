import { fitted, wholePixels } from '../../image/image-place.ts'
import { turnedSize, type PicturePlace, type Size } from '../../image/orientation.ts'
import type { ViewSettings } from './view-settings.ts'

/** What the picture shows and how large it is in the room that there is, in CSS pixels. */
export function picturePlace(
  { region, orientation }: Pick<ViewSettings, 'region' | 'orientation'>,
  source: Size,
  room: Size,
): PicturePlace {
  const shown = wholePixels(region ?? { x: 0, y: 0, w: source.width, h: source.height }, source)
  const turned = turnedSize({ width: shown.w, height: shown.h }, orientation)
  return { region: shown, orientation, box: fitted({ x: 0, y: 0, w: turned.width, h: turned.height }, room) }
}
