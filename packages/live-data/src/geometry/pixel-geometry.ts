/* Where the pixels of a bank are, as a NeXus file says it: offsets within the bank and the chain of transformations that places
 * the bank. A transformation may be that of a motor, whose position comes from the stream of its log. */

export type Vector = readonly [x: number, y: number, z: number]

export interface Transformation {
  /** Absolute path in the file. */
  readonly path: string
  readonly kind: 'translation' | 'rotation'
  readonly vector: Vector
  /** m or rad; null where a log has no value in the file. */
  readonly value: number | null
  /** m, added before the rotation. */
  readonly offset: Vector
}

export interface PixelGeometry {
  /** Detector numbers in the order of the file, as all other arrays. */
  readonly ids: Int32Array
  /** m, in the frame of the bank. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  /** Applied in this order. */
  readonly chain: readonly Transformation[]
  /** Of a cylinder that every pixel is: centre of one end, a point on its rim, centre of the other end, in m. */
  readonly cylinder: readonly [Vector, Vector, Vector] | null
}

/** Pixels in the frame of the instrument. */
export interface PlacedPixels {
  readonly ids: Int32Array
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  /** From one end of a pixel's cylinder to the other, and from its axis to its rim. */
  readonly cylinder: { readonly axis: Vector; readonly radius: Vector } | null
}

/** Rows of a 3 x 4 matrix: rotation, then translation. */
type Matrix = readonly number[]

const identity: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]

/**
 * Applies the chain. `positionOf` gives the position of a motor (m or rad) by the path of its transformation, null where the
 * file's value counts. Gives the path of a transformation without any value instead, if there is one.
 */
export function placePixels(
  geometry: PixelGeometry,
  positionOf: (path: string) => number | null,
): PlacedPixels | { readonly unplaced: string } {
  let matrix = identity
  for (const transformation of geometry.chain) {
    const value = positionOf(transformation.path) ?? transformation.value
    if (value === null) return { unplaced: transformation.path }
    matrix = product(matrixOf(transformation, value), matrix)
  }
  const { ids, x, y, z, cylinder } = geometry
  const placed = {
    x: new Float64Array(ids.length),
    y: new Float64Array(ids.length),
    z: new Float64Array(ids.length),
  }
  for (let at = 0; at < ids.length; at++) {
    const [px, py, pz] = moved(matrix, [x[at] ?? 0, y[at] ?? 0, z[at] ?? 0])
    placed.x[at] = px
    placed.y[at] = py
    placed.z[at] = pz
  }
  return { ids, ...placed, cylinder: cylinder === null ? null : cylinderOf(cylinder, matrix) }
}

function cylinderOf(
  vertices: readonly [Vector, Vector, Vector],
  matrix: Matrix,
): { readonly axis: Vector; readonly radius: Vector } {
  const [start, rim, end] = vertices.map((vertex) => moved(matrix, vertex)) as [Vector, Vector, Vector]
  return { axis: minus(end, start), radius: minus(rim, start) }
}

function matrixOf({ kind, vector, offset }: Transformation, value: number): Matrix {
  if (kind === 'translation') return translation(plus(times(vector, value), offset))
  return product(rotation(vector, value), translation(offset))
}

function translation([x, y, z]: Vector): Matrix {
  return [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z]
}

/** About an axis through the origin, right-handed (Rodrigues); the length of the vector counts as a factor of the angle. */
function rotation(vector: Vector, angle: number): Matrix {
  const length = Math.hypot(...vector)
  if (length === 0) return identity
  const [x, y, z] = times(vector, 1 / length)
  const c = Math.cos(angle * length)
  const s = Math.sin(angle * length)
  const d = 1 - c
  // oxfmt-ignore
  return [
    c + x * x * d, x * y * d - z * s, x * z * d + y * s, 0,
    y * x * d + z * s, c + y * y * d, y * z * d - x * s, 0,
    z * x * d - y * s, z * y * d + x * s, c + z * z * d, 0,
  ]
}

/** First b, then a. */
function product(a: Matrix, b: Matrix): Matrix {
  const cell = (m: Matrix, row: number, column: number): number =>
    row === 3 ? (column === 3 ? 1 : 0) : (m[row * 4 + column] ?? 0)
  return Array.from({ length: 12 }, (_, at) => {
    const [row, column] = [Math.floor(at / 4), at % 4]
    return [0, 1, 2, 3].reduce((sum, k) => sum + cell(a, row, k) * cell(b, k, column), 0)
  })
}

function moved(m: Matrix, [x, y, z]: Vector): Vector {
  const row = (at: number): number =>
    (m[at] ?? 0) * x + (m[at + 1] ?? 0) * y + (m[at + 2] ?? 0) * z + (m[at + 3] ?? 0)
  return [row(0), row(4), row(8)]
}

export function plus(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

export function times([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor]
}

function minus(a: Vector, b: Vector): Vector {
  return plus(a, times(b, -1))
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
