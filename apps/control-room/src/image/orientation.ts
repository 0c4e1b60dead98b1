import type { ShownRegion } from './image-place.ts'

/** How the picture is turned for the eye only: first transposed, then mirrored as it is seen. Source pixels stay what they are. */
export interface Orientation {
  readonly isTransposed: boolean
  /** Left and right are exchanged. */
  readonly isFlippedAcross: boolean
  /** Above and below are exchanged. */
  readonly isFlippedDown: boolean
}

export const upright: Orientation = { isTransposed: false, isFlippedAcross: false, isFlippedDown: false }

export interface Size {
  readonly width: number
  readonly height: number
}
export interface Point {
  readonly x: number
  readonly y: number
}

export function isUpright({ isTransposed, isFlippedAcross, isFlippedDown }: Orientation): boolean {
  return !isTransposed && !isFlippedAcross && !isFlippedDown
}

/** Of the picture as it is seen; width and height change places when it is transposed, and back again. */
export function turnedSize({ width, height }: Size, { isTransposed }: Orientation): Size {
  return isTransposed ? { width: height, height: width } : { width, height }
}

/** Where source pixels lie in the picture. */
export interface PicturePlace {
  readonly region: ShownRegion
  /** Of the picture as it is seen, in CSS pixels. */
  readonly box: Size
  readonly orientation: Orientation
}

/** Place in the picture, from its upper left, of a place in the source. */
export function toPicture({ region, box, orientation }: PicturePlace, { x, y }: Point): Point {
  const along = (x - region.x) / region.w
  const down = (y - region.y) / region.h
  const [u, v] = orientation.isTransposed ? [down, along] : [along, down]
  return {
    x: (orientation.isFlippedAcross ? 1 - u : u) * box.width,
    y: (orientation.isFlippedDown ? 1 - v : v) * box.height,
  }
}

/** Place in the source of a place in the picture. */
export function toSource({ region, box, orientation }: PicturePlace, { x, y }: Point): Point {
  const u = orientation.isFlippedAcross ? 1 - x / box.width : x / box.width
  const v = orientation.isFlippedDown ? 1 - y / box.height : y / box.height
  const [along, down] = orientation.isTransposed ? [v, u] : [u, v]
  return { x: region.x + along * region.w, y: region.y + down * region.h }
}

/** The step in the source that is seen as a step to the right or down. */
export function stepInSource(
  { isTransposed, isFlippedAcross, isFlippedDown }: Orientation,
  [across, down]: readonly [number, number],
): readonly [number, number] {
  const u = isFlippedAcross ? -across : across
  const v = isFlippedDown ? -down : down
  return isTransposed ? [v, u] : [u, v]
}

/** CSS pixels a source pixel; pixels are square. */
export function pictureScale({ region, box, orientation }: PicturePlace): number {
  return box.width / (orientation.isTransposed ? region.h : region.w)
}

/** The six numbers of CSS `matrix()` and `setTransform` that turn a picture of the source, which fills `turnedSize(box)`, into the box. */
export function turnMatrix(
  { isTransposed, isFlippedAcross, isFlippedDown }: Orientation,
  box: Size,
): readonly [number, number, number, number, number, number] {
  const across = isFlippedAcross ? -1 : 1
  const down = isFlippedDown ? -1 : 1
  const [left, top] = [isFlippedAcross ? box.width : 0, isFlippedDown ? box.height : 0]
  return isTransposed ? [0, down, across, 0, left, top] : [across, 0, 0, down, left, top]
}
