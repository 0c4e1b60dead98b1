import { truncate } from './numbers.ts'

/* Points of the spirals. The order of the expressions is kept as it is: points on the very edge depend on the last bit. */

export type Point = readonly [x: number, y: number]

export interface SpiralShape {
  readonly xStart: number
  readonly yStart: number
  readonly xRange: number
  readonly yRange: number
  /** Distance of the rings along x. */
  readonly dr: number
  /** Distance of the rings along y. Default dr. */
  readonly drY: number | null
  /** Radians. */
  readonly tilt: number
}

interface Frame {
  readonly aspect: number
  readonly halfX: number
  readonly halfY: number
  readonly tiltTangent: number
}

function frameOf(shape: SpiralShape): Frame {
  const aspect = shape.drY === null ? 1 : shape.drY / shape.dr
  return {
    aspect,
    halfX: shape.xRange / 2,
    halfY: shape.yRange / (2 * aspect),
    tiltTangent: Math.tan(shape.tilt + Math.PI / 2),
  }
}

/** Rings of `nth` times their number of points; the centre is not visited. */
export function spiralPoints(shape: SpiralShape, nth: number): Point[] {
  const { aspect, halfX, halfY, tiltTangent } = frameOf(shape)
  const largest = Math.sqrt(halfX ** 2 + halfY ** 2)
  const rings = 1 + truncate(largest / shape.dr)
  const points: Point[] = []
  for (let ring = 1; ring < rings + 2; ring++) {
    const radius = ring * shape.dr
    const angleStep = (2 * Math.PI) / (ring * nth)
    for (let i = 0; i < truncate(ring * nth); i++) {
      const angle = i * angleStep
      const x = radius * Math.cos(angle)
      const y = radius * Math.sin(angle) * aspect
      if (Math.abs(x - y / aspect / tiltTangent) <= halfX && Math.abs(y / aspect) <= halfY) {
        points.push([shape.xStart + x, shape.yStart + y])
      }
    }
  }
  return points
}

/** The golden angle from point to point: even density. */
export function fermatPoints(shape: SpiralShape, factor: number): Point[] {
  const { aspect, halfX, halfY, tiltTangent } = frameOf(shape)
  const phi = (137.508 * Math.PI) / 180
  const diagonal = Math.sqrt(halfX ** 2 + halfY ** 2)
  const count = truncate(((1.5 * diagonal) / (shape.dr / factor)) ** 2)
  const points: Point[] = []
  for (let i = 1; i < count; i++) {
    const radius = (Math.sqrt(i) * shape.dr) / factor
    const angle = phi * i
    const x = radius * Math.cos(angle)
    const y = radius * Math.sin(angle) * aspect
    if (Math.abs(x - y / aspect / tiltTangent) <= halfX && Math.abs(y) <= halfY) {
      points.push([shape.xStart + x, shape.yStart + y])
    }
  }
  return points
}

export interface SquareSpiral {
  readonly xCenter: number
  readonly yCenter: number
  readonly xRange: number
  readonly yRange: number
  readonly xNum: number
  readonly yNum: number
}

/** A grid visited from its centre outwards. */
export function squareSpiralPoints(shape: SquareSpiral): Point[] {
  const { xNum, yNum } = shape
  const xOffset = xNum % 2 === 0 ? 0.5 : 0
  const yOffset = yNum % 2 === 0 ? -0.5 : 0
  const dx = shape.xRange / (xNum - 1)
  const dy = shape.yRange / (yNum - 1)
  const x0 = shape.xCenter - dx * xOffset
  const y0 = shape.yCenter - dy * yOffset
  const points: Point[] = [[x0, y0]]
  const visit = (i: number, j: number): void => {
    points.push([x0 + dx * i, y0 + dy * j])
  }
  const inX = (n: number): boolean => Math.abs(n - xOffset) < xNum / 2
  const inY = (n: number): boolean => Math.abs(n - yOffset) < yNum / 2
  const downwards = (ring: number): number[] => Array.from({ length: 2 * ring - 2 }, (_, i) => ring - 2 - i)
  const upwards = (ring: number): number[] => Array.from({ length: 2 * ring - 2 }, (_, i) => 2 - ring + i)
  for (let ring = 2; ring <= Math.max(xNum, yNum) && points.length < xNum * yNum; ring++) {
    const edge = ring - 1
    if (Math.abs(edge - xOffset) <= xNum / 2)
      downwards(ring)
        .filter(inY)
        .forEach((n) => visit(edge, n))
    if (inY(-edge))
      downwards(ring)
        .filter(inX)
        .forEach((n) => visit(n, -edge))
    if (inX(-edge))
      upwards(ring)
        .filter(inY)
        .forEach((n) => visit(-edge, n))
    if (inY(edge))
      upwards(ring)
        .filter(inX)
        .forEach((n) => visit(n, edge))
  }
  return points
}
