import { gaussianVectors } from './gaussian-vectors.ts'
import { cross, plus, times, type Vector } from './pixel-geometry.ts'

/* Noise that blurs the pattern which pixels of one size make on screen pixels of another. All services use the same numbers, so
 * their images agree. Source: livedata contract, appendices A and B. */

/** Vectors of the noise, painted one after the other over the pixels of all replicas. */
export const noiseLength = 107

/** x, y, z of each vector, in m. */
export function gaussianNoise(sigmaM: number): Float64Array {
  return gaussianVectors.map((value) => value * sigmaM)
}

/** Points of a cylinder about the origin, evenly over its volume. */
export function cylindricalNoise({
  axis,
  radius,
}: {
  readonly axis: Vector
  readonly radius: Vector
}): Float64Array {
  const numbers = uniformNumbers()
  const draw = (from: number, to: number): number[] =>
    Array.from({ length: noiseLength }, () => from + (to - from) * numbers())
  const length = Math.hypot(...radius)
  const along = draw(-0.5, 0.5)
  const angles = draw(0, 2 * Math.PI)
  const squares = draw(0, length ** 2)
  const xAxis = times(radius, 1 / length)
  const yAxis = cross(times(axis, 1 / Math.hypot(...axis)), xAxis)
  const noise = new Float64Array(noiseLength * 3)
  along.forEach((part, at) => {
    const distance = Math.sqrt(squares[at] ?? 0)
    const angle = angles[at] ?? 0
    const across = plus(times(xAxis, distance * Math.cos(angle)), times(yAxis, distance * Math.sin(angle)))
    noise.set(plus(across, times(axis, part)), at * 3)
  })
  return noise
}

const mask64 = (1n << 64n) - 1n
const mask128 = (1n << 128n) - 1n

/** PCG64 (XSL-RR 128/64) from the state that numpy makes of seed 1234; numbers in [0, 1). */
export function uniformNumbers(): () => number {
  let state = 0x160ad84006fe21eaf69b873d9fe45409n
  return () => {
    state = (state * 0x2360ed051fc65da44385df649fccf645n + 0x50c8fb163c7cea4ed0f51ce6006e4325n) & mask128
    const folded = (state >> 64n) ^ (state & mask64)
    const turn = state >> 122n
    const turned = ((folded >> turn) | (folded << (64n - turn))) & mask64
    return Number(turned >> 11n) * 2 ** -53
  }
}
