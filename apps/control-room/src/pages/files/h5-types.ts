/* Answers of the h5grove protocol, as far as the browser of files reads them. */

export interface H5Attribute {
  readonly name: string
}

export interface H5Child {
  readonly name: string
  readonly kind: 'group' | 'dataset' | 'datatype' | 'soft_link' | 'external_link'
}

export interface H5Type {
  readonly class: number
  readonly size?: number
  readonly order?: number
  readonly sign?: number
  /** A list of a compound's members, the numbers of an enum's names. */
  readonly members?: unknown
}

/** Of the finite numbers of a selection. */
export interface H5Statistics {
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly std: number | null
}

export interface H5Dataset {
  readonly kind: 'dataset'
  readonly name: string
  readonly shape: readonly number[] | null
  readonly type: H5Type
  readonly chunks: readonly number[] | null
  readonly filters: readonly { readonly id: number; readonly name: string }[] | null
  readonly virtualSources?: readonly unknown[]
  readonly attributes: readonly H5Attribute[]
}

export type H5Entity =
  | {
      readonly kind: 'group'
      readonly name: string
      readonly children: readonly H5Child[]
      readonly attributes: readonly H5Attribute[]
    }
  | H5Dataset
  | { readonly kind: 'datatype'; readonly name: string; readonly attributes: readonly H5Attribute[] }
  | {
      readonly kind: 'soft_link' | 'external_link'
      readonly name: string
      readonly target_path: string
      readonly target_file?: string
    }

const words: Readonly<Record<number, string>> = {
  2: 'time',
  3: 'text',
  4: 'bit field',
  5: 'opaque',
  6: 'compound',
  7: 'reference',
  8: 'enum',
  9: 'list',
  10: 'array',
}

/** `uint16`, `float32`, `text`, … */
export function typeName({ class: kind, size = 0, sign = 1 }: H5Type): string {
  if (kind === 0) return `${sign === 0 ? 'uint' : 'int'}${size * 8}`
  if (kind === 1) return `float${size * 8}`
  return words[kind] ?? `class ${kind}`
}

export function isNumeric({ class: kind }: H5Type): boolean {
  return kind === 0 || kind === 1 || kind === 8
}

/** Numbers as `format=bin&dtype=safe` sends them. 64-bit integers lose what drawing does not see. */
export function numbersOf(type: H5Type, bytes: ArrayBuffer): Float64Array {
  const { class: kind, size = 8, sign = 1 } = type
  if (kind === 1) return size <= 4 ? Float64Array.from(new Float32Array(bytes)) : new Float64Array(bytes)
  switch (size) {
    case 1:
      return Float64Array.from(sign === 0 ? new Uint8Array(bytes) : new Int8Array(bytes))
    case 2:
      return Float64Array.from(sign === 0 ? new Uint16Array(bytes) : new Int16Array(bytes))
    case 4:
      return Float64Array.from(sign === 0 ? new Uint32Array(bytes) : new Int32Array(bytes))
    default:
      return Float64Array.from(sign === 0 ? new BigUint64Array(bytes) : new BigInt64Array(bytes), Number)
  }
}

/** `12,::2,::2`: the frame, and every n-th pixel so that not more than `most` are sent. */
export function imageSelection(
  shape: readonly number[],
  frame: number,
  most: number,
): { readonly selection: string; readonly rows: number; readonly columns: number; readonly step: number } {
  const [height = 1, width = 1] = shape.slice(-2)
  const step = Math.max(1, Math.ceil(Math.sqrt((height * width) / most)))
  const outer = outerIndex(shape.slice(0, -2), frame)
  return {
    selection: [...outer.map(String), `::${step}`, `::${step}`].join(','),
    rows: Math.ceil(height / step),
    columns: Math.ceil(width / step),
    step,
  }
}

/** Values that are drawn as one line or shown in one table; the rest is thinned out or left out. */
const mostElements = 20_000
const mostColumns = 64

/** `4,0:1000000:50`: a stretch of one row, thinned out to what can be drawn. */
export function lineSelection(
  outer: readonly number[],
  from: number,
  to: number,
): { readonly selection: string; readonly step: number } {
  const step = Math.max(1, Math.ceil((to - from) / mostElements))
  return { selection: [...outer.map(String), `${from}:${to}:${step}`].join(','), step }
}

/** The first rows and columns of the last two dimensions. */
export function tableSelection(
  shape: readonly number[],
  outer: readonly number[],
): { readonly selection: string; readonly rows: number; readonly columns: number } {
  if (shape.length === 1) {
    const rows = Math.min(mostElements, shape[0] ?? 0)
    return { selection: `0:${rows}`, rows, columns: 1 }
  }
  const columns = Math.min(mostColumns, shape.at(-1) ?? 0)
  const rows = Math.min(Math.floor(mostElements / Math.max(1, columns)), shape.at(-2) ?? 0)
  const indices = shape.slice(0, -2).map((_, dimension) => String(outer[dimension] ?? 0))
  return { selection: [...indices, `0:${rows}`, `0:${columns}`].join(','), rows, columns }
}

/** Names of the members of a compound; empty for any other type. */
export function memberNames({ class: kind, members }: H5Type): readonly string[] {
  if (kind !== 6 || !Array.isArray(members)) return []
  return members.map((member: { readonly name?: unknown }) => String(member.name))
}

/** Frames of a stack: the product of all but the last two dimensions. */
export function frameCount(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((product, length) => product * length, 1)
}

/** Index of a frame in each of the outer dimensions. */
export function outerIndex(outer: readonly number[], frame: number): number[] {
  let rest = frame
  return outer
    .toReversed()
    .map((length) => {
      const index = rest % length
      rest = Math.floor(rest / length)
      return index
    })
    .toReversed()
}
