import type { Metadata } from 'h5wasm/node'
import type { ElementType } from './entity.ts'

type TypePart = Omit<Metadata, 'shape' | 'maxshape' | 'chunks' | 'total_size'> & {
  readonly shape?: readonly number[] | null
}

/** Classes of the HDF5 library. */
export const typeClass = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bitfield: 4,
  compound: 6,
  reference: 7,
  enumeration: 8,
  vlen: 9,
  array: 10,
} as const

const bytes: ElementType = { class: 5, size: 1 }

function whole(part: TypePart): ElementType {
  return { class: 0, size: part.size, order: part.littleEndian ? 0 : 1, sign: part.signed ? 1 : 0 }
}

/** By class; what is not here is opaque. */
const describe: Readonly<Record<number, (part: TypePart) => ElementType>> = {
  [typeClass.integer]: whole,
  [typeClass.float]: ({ size, littleEndian }) => ({ class: 1, size, order: littleEndian ? 0 : 1 }),
  [typeClass.time]: ({ size }) => ({ class: 2, size }),
  [typeClass.string]: ({ size, cset = 0, strpad = 0, vlen }) => ({
    class: 3,
    size,
    cset,
    strPad: strpad,
    vlen,
  }),
  [typeClass.bitfield]: ({ size }) => ({ class: 4, size }),
  [typeClass.compound]: ({ size, compound_type: compound }) => ({
    class: 6,
    size,
    members: (compound?.members ?? []).map((member) => ({ name: member.name, type: elementType(member) })),
  }),
  [typeClass.reference]: ({ size }) => ({ class: 7, size }),
  [typeClass.enumeration]: (part) => ({
    class: 8,
    size: part.size,
    members: { ...part.enum_type?.members },
    base: whole(part),
  }),
  [typeClass.vlen]: ({ size, vlen_type: base }) => ({
    class: 9,
    size,
    base: base === undefined ? bytes : elementType(base),
  }),
  [typeClass.array]: ({ size, array_type: base }) => ({
    class: 10,
    size,
    dims: [...(base?.shape ?? [])],
    base: base === undefined ? bytes : elementType(base),
  }),
}

/** The library's description of a type as plain data. */
export function elementType(part: TypePart): ElementType {
  return describe[part.type]?.(part) ?? { class: 5, size: part.size }
}

/** Whether values of the type lie elsewhere in the heap and have to be given back. */
export function hasPointers(part: TypePart): boolean {
  if (part.vlen || part.type === typeClass.vlen) return true
  if (part.array_type !== undefined) return hasPointers(part.array_type)
  return part.compound_type?.members.some((member) => hasPointers(member)) ?? false
}
