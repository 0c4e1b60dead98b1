import type { Point } from './orientation.ts'

/* What a distance from the beam centre means on a flat detector at right angles to the beam:
 * 2θ = atan(r / D), d = λ / (2 sin θ). */

/** How the detector stands in the beam. What nobody said is null. */
export interface BeamGeometry {
  /** Where the beam meets the detector, in source pixels. */
  readonly centre: Point | null
  readonly wavelengthA: number | null
  readonly distanceMm: number | null
  readonly pixelUm: number | null
  /** Rings at lattice spacings, in Å. */
  readonly spacingsA: readonly number[]
  /** Rings at distances from the centre, in pixels. */
  readonly radiiPx: readonly number[]
}

export const noGeometry: BeamGeometry = {
  centre: null,
  wavelengthA: null,
  distanceMm: null,
  pixelUm: null,
  spacingsA: [],
  radiiPx: [],
}

type Optics = Pick<BeamGeometry, 'wavelengthA' | 'distanceMm' | 'pixelUm'>

/** 2θ in radians at a distance from the centre; null without the numbers for it. */
export function twoThetaAt({ distanceMm, pixelUm }: Optics, radiusPx: number): number | null {
  if (distanceMm === null || pixelUm === null) return null
  return Math.atan2(radiusPx * (pixelUm / 1_000), distanceMm)
}

/** Lattice spacing in Å at a distance from the centre; infinite at the centre itself. */
export function spacingAt(optics: Optics, radiusPx: number): number | null {
  const twoTheta = twoThetaAt(optics, radiusPx)
  return twoTheta === null || optics.wavelengthA === null
    ? null
    : optics.wavelengthA / (2 * Math.sin(twoTheta / 2))
}

/** Radius of the ring of a lattice spacing in pixels; null where it never meets the detector. */
export function radiusOf({ wavelengthA, distanceMm, pixelUm }: Optics, spacingA: number): number | null {
  if (wavelengthA === null || distanceMm === null || pixelUm === null) return null
  const twoTheta = 2 * Math.asin(wavelengthA / (2 * spacingA))
  // Not a number: no angle scatters so far. From a right angle on it goes past the detector.
  return twoTheta < Math.PI / 2 ? (distanceMm * Math.tan(twoTheta)) / (pixelUm / 1_000) : null
}

/** What was stored, brought into shape whatever it is. */
export function geometryOf(stored: unknown): BeamGeometry {
  if (typeof stored !== 'object' || stored === null) return noGeometry
  const { centre, wavelengthA, distanceMm, pixelUm, spacingsA, radiiPx } = stored as Record<string, unknown>
  return {
    centre: pointOf(centre),
    wavelengthA: positive(wavelengthA),
    distanceMm: positive(distanceMm),
    pixelUm: positive(pixelUm),
    spacingsA: positives(spacingsA),
    radiiPx: positives(radiiPx),
  }
}

const mostRings = 30

function pointOf(value: unknown): Point | null {
  if (typeof value !== 'object' || value === null) return null
  const { x, y } = value as Record<string, unknown>
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : null
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
}

function positives(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.flatMap((one: unknown) => positive(one) ?? []).slice(0, mostRings) : []
}

/** Reads `2.94, 1.70` or `2.94 1.70`; null when something in it is no positive number. */
export function positivesIn(text: string): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const numbers = words.map(Number)
  return numbers.every((one) => Number.isFinite(one) && one > 0) ? numbers.slice(0, mostRings) : null
}
