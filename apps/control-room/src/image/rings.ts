import { pictureScale, toPicture, type PicturePlace, type Point } from './orientation.ts'
import { radiusOf, type BeamGeometry } from './resolution.ts'

/** A ring as it is seen, in CSS pixels. */
export interface Ring {
  readonly key: string
  readonly radius: number
  readonly label: string
  /** Where its label stands; null where it would lie outside or on another one. */
  readonly labelAt: Point | null
}

export interface RingNames {
  readonly spacing: (spacingA: number) => string
  readonly radius: (radiusPx: number) => string
}

/** Directions in which a label is tried, in degrees from the right, clockwise. */
const directions = [-45, -135, 135, 45, 0, 90, 180, -90]
const labelWidth = 52
const labelHeight = 18

/** The rings around the beam centre, with labels that can be read. */
export function ringsOf(geometry: BeamGeometry, place: PicturePlace, names: RingNames): readonly Ring[] {
  if (geometry.centre === null) return []
  const centre = toPicture(place, geometry.centre)
  const scale = pictureScale(place)
  const taken: Point[] = []
  const rings = [
    ...geometry.spacingsA.map((spacing) => ({
      key: `d ${spacing}`,
      pixels: radiusOf(geometry, spacing),
      label: names.spacing(spacing),
    })),
    ...geometry.radiiPx.map((pixels) => ({ key: `r ${pixels}`, pixels, label: names.radius(pixels) })),
  ]
  return rings.flatMap(({ key, pixels, label }): Ring[] => {
    if (pixels === null) return []
    const radius = pixels * scale
    const labelAt = freePlace(centre, radius, { place, taken })
    if (labelAt !== null) taken.push(labelAt)
    return [{ key, radius, label, labelAt }]
  })
}

function freePlace(
  centre: Point,
  radius: number,
  { place, taken }: { readonly place: PicturePlace; readonly taken: readonly Point[] },
): Point | null {
  const { width, height } = place.box
  const places = directions.map((degrees) => ({
    x: centre.x + radius * Math.cos((degrees * Math.PI) / 180),
    y: centre.y + radius * Math.sin((degrees * Math.PI) / 180),
  }))
  const fits = ({ x, y }: Point): boolean =>
    x > labelWidth / 2 &&
    x < width - labelWidth / 2 &&
    y > labelHeight / 2 &&
    y < height - labelHeight / 2 &&
    taken.every((other) => Math.abs(other.x - x) > labelWidth || Math.abs(other.y - y) > labelHeight)
  return places.find(fits) ?? null
}
