import { pixelsPerPlace, type Screen } from '../core/views/screen.ts'
import { productOf, vector } from '../data/data-array.ts'
import { placeTable } from '../event-histogram/pixel-places.ts'
import type { DetectorBank, GeometricView, Projection } from '../instruments/instrument.ts'
import type { PlacedPixels } from './pixel-geometry.ts'
import { cylindricalNoise, gaussianNoise, noiseLength } from './position-noise.ts'

/** Noisy copies beside the true positions. */
const noisyReplicas = 4

/** Projects the pixels of a bank. Ids without a place in the file are nowhere. null: cylindrical noise without a cylinder. */
// oxlint-disable-next-line max-params -- which view, of which bank, placed where
export function geometricScreen(
  view: GeometricView,
  bank: DetectorBank,
  pixels: PlacedPixels,
): Screen | null {
  const noise = noiseOf(view, pixels)
  if (noise === null) return null
  const { stream, firstId, lastId } = bank
  const sizes = view.resolution[stream] ?? []
  const project = projector(view.projections?.[stream] ?? view.projection, pixels)
  const isFlipped = view.flipX.includes(stream)
  const coords = projectAll(pixels, { noise, project })
  if (isFlipped) coords['x']?.forEach((value, at, all) => void (all[at] = value === 0 ? 0 : -value))
  const shape = sizes.map(([, length]) => length)
  const edges = sizes.map(([dim, length]) => edgesOf(coords[dim] ?? new Float64Array(0), length))
  const count = pixels.ids.length
  const tables = Array.from({ length: noisyReplicas + 1 }, (_, replica) => {
    const places = new Int32Array(lastId - firstId + 1).fill(-1)
    for (let at = 0; at < count; at++) {
      const id = (pixels.ids[at] ?? 0) - firstId
      if (id < 0 || id >= places.length) continue
      let place = 0
      sizes.forEach(([dim, length], axis) => {
        const value = coords[dim]?.[replica * count + at] ?? NaN
        const bin = binOf(value, edges[axis] ?? new Float64Array(0))
        place = bin < 0 || place < 0 ? -1 : place * length + bin
      })
      places[id] = place
    }
    return placeTable(firstId, places)
  })
  const placeCount = productOf(shape)
  return {
    dims: sizes.map(([dim]) => dim),
    shape,
    placeCount,
    tables,
    weights: () => pixelsPerPlace(tables, placeCount),
    coords: Object.fromEntries(
      sizes.map(([dim], axis) => [dim, vector(dim, edges[axis] ?? new Float64Array(0), 'm')]),
    ),
  }
}

function noiseOf({ noise }: GeometricView, { cylinder }: PlacedPixels): Float64Array | null {
  if (noise.kind === 'gaussian') return gaussianNoise(noise.sigmaM)
  return cylinder === null ? null : cylindricalNoise(cylinder)
}

/** Screen coordinates of a point. */
type Project = (x: number, y: number, z: number) => readonly [number, number]

interface Projector {
  readonly dims: readonly [string, string]
  readonly of: Project
}

/** Radius and plane are those of the true positions, so that the replicas lie in one screen. */
function projector(projection: Projection, { x, y, z }: PlacedPixels): Projector {
  switch (projection) {
    case 'xy_plane': {
      const nearest = extreme(z, Math.min)
      const plane = nearest < 0 ? extreme(z, Math.max) : nearest
      return { dims: ['x', 'y'], of: (px, py, pz) => [px * (plane / pz), py * (plane / pz)] }
    }
    case 'cylinder_mantle_z':
      return { dims: ['arc_length', 'z'], of: mantle(smallestRadius(x, y)) }
    case 'cylinder_mantle_y': {
      const onMantle = mantle(smallestRadius(z, x))
      return { dims: ['arc_length', 'y'], of: (px, py, pz) => onMantle(pz, px, py) }
    }
  }
}

/** u and v lie in the plane across the cylinder, w along its axis. */
function mantle(radius: number): Project {
  return (u, v, w) => [radius * Math.atan2(v, u), w * (radius / Math.hypot(u, v))]
}

/** Replica by replica. */
function projectAll(
  { ids, x, y, z }: PlacedPixels,
  { noise, project }: { readonly noise: Float64Array; readonly project: Projector },
): Record<string, Float64Array> {
  const count = ids.length
  const first = new Float64Array(count * (noisyReplicas + 1))
  const second = new Float64Array(first.length)
  for (let to = 0; to < first.length; to++) {
    const at = to % count
    // The noise begins with the first noisy replica.
    const k = to < count ? -1 : ((to - count) % noiseLength) * 3
    const [dx, dy, dz] = k < 0 ? [0, 0, 0] : [noise[k] ?? 0, noise[k + 1] ?? 0, noise[k + 2] ?? 0]
    const [u, v] = project.of((x[at] ?? 0) + dx, (y[at] ?? 0) + dy, (z[at] ?? 0) + dz)
    first[to] = u
    second[to] = v
  }
  return { [project.dims[0]]: first, [project.dims[1]]: second }
}

/** length + 1 points from the least value to just above the largest. */
function edgesOf(values: Float64Array, length: number): Float64Array {
  const from = extreme(values, Math.min)
  const to = nextUp(extreme(values, Math.max))
  const step = (to - from) / length
  const edges = Float64Array.from({ length: length + 1 }, (_, k) => from + k * step)
  edges[length] = to
  return edges
}

function binOf(value: number, edges: Float64Array): number {
  const count = edges.length - 1
  const from = edges[0] ?? 0
  const to = edges[count] ?? 0
  if (!(value >= from && value < to)) return -1
  let bin = Math.min(count - 1, Math.floor(((value - from) / (to - from)) * count))
  while (value < (edges[bin] ?? 0)) bin -= 1
  while (value >= (edges[bin + 1] ?? Infinity)) bin += 1
  return bin
}

/** Of the finite values. */
function extreme(values: Float64Array, choose: (a: number, b: number) => number): number {
  let chosen = NaN
  for (const value of values)
    if (Number.isFinite(value)) chosen = Number.isNaN(chosen) ? value : choose(chosen, value)
  return chosen
}

function smallestRadius(u: Float64Array, v: Float64Array): number {
  return extreme(
    u.map((value, at) => Math.hypot(value, v[at] ?? 0)),
    Math.min,
  )
}

/** The next larger double. */
function nextUp(value: number): number {
  const bits = new BigInt64Array(1)
  const number = new Float64Array(bits.buffer)
  number[0] = value === 0 ? 0 : value
  bits[0] = (bits[0] ?? 0n) + (value < 0 ? -1n : 1n)
  return number[0] ?? value
}
