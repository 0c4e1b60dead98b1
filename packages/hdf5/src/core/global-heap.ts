import { ByteWriter } from './byte-writer.ts'

/**
 * One global heap collection: variable-length texts and virtual mappings, complete before the file is written.
 *
 *   'GCOL' 1 0 0 0  size U64 (at least 4096)  objects  free object
 *   object: index U16  references U16  0 U32  length U64  data padded to 8
 * Source: HDF5 file format specification version 3, III.E
 */
export class GlobalHeap {
  private readonly objects: Uint8Array[] = []

  /** Index of the object, from 1. */
  add(data: Uint8Array): number {
    if (this.objects.length >= 0xffff) throw new RangeError('a heap collection holds at most 65535 objects')
    this.objects.push(data)
    return this.objects.length
  }

  get isEmpty(): boolean {
    return this.objects.length === 0
  }

  /** The bytes of the collection, a multiple of 4096. */
  encode(): Uint8Array {
    const used = this.objects.reduce((sum, data) => sum + 16 + Math.ceil(data.length / 8) * 8, 16)
    const size = Math.max(4096, Math.ceil((used + 16) / 4096) * 4096)
    const out = new ByteWriter().text('GCOL').u8(1, 0, 0, 0).u64(size)
    this.objects.forEach((data, index) => {
      out
        .u16(index + 1)
        .u16(1)
        .u32(0)
        .u64(data.length)
        .raw(data)
        .pad(8)
    })
    const free = size - out.length
    out.u16(0).u16(0).u32(0).u64(free)
    return out.zeros(size - out.length).done()
  }
}

/** A variable-length text as it stands in an element: length, collection, object. */
export function textReference(bytes: number, collection: number, object: number): Uint8Array {
  return new ByteWriter().u32(bytes).u64(collection).u32(object).done()
}
