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
  | { readonly kind: 'soft_link' | 'external_link'; readonly name: string; readonly target_path: string }

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
  const outer = outerIndex(shape, frame)
  return {
    selection: [...outer, `::${step}`, `::${step}`].join(','),
    rows: Math.ceil(height / step),
    columns: Math.ceil(width / step),
    step,
  }
}

/** Frames of a stack: the product of all but the last two dimensions. */
export function frameCount(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((product, length) => product * length, 1)
}

function outerIndex(shape: readonly number[], frame: number): string[] {
  const outer = shape.slice(0, -2)
  let rest = frame
  return outer
    .toReversed()
    .map((length) => {
      const index = rest % length
      rest = Math.floor(rest / length)
      return String(index)
    })
    .toReversed()
}
