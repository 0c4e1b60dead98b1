import { ByteWriter } from './byte-writer.ts'
import { lookup3 } from './lookup3.ts'

/** A regular selection per dimension: `start + k * stride`, `count` blocks of `block` elements. */
export interface Hyperslab {
  readonly start: readonly number[]
  readonly stride: readonly number[]
  readonly count: readonly number[]
  readonly block: readonly number[]
}

export type Selection = 'all' | Hyperslab

/** Where a part of a virtual dataset comes from; `file` is relative to the virtual file, '.' is the file itself. */
export interface VirtualMapping {
  readonly file: string
  readonly dataset: string
  readonly source: Selection
  readonly target: Selection
}

function writeSelection(out: ByteWriter, selection: Selection): void {
  if (selection === 'all') {
    out.u32(3).u32(1).u64(0)
    return
  }
  const rank = selection.start.length
  out
    .u32(2)
    .u32(2)
    .u8(1)
    .u32(4 + rank * 32)
    .u32(rank)
  for (let dimension = 0; dimension < rank; dimension += 1) {
    out.u64(selection.start[dimension] ?? 0).u64(selection.stride[dimension] ?? 1)
    out.u64(selection.count[dimension] ?? 1).u64(selection.block[dimension] ?? 1)
  }
}

/* Heap object of a virtual layout: 0  mappings U64  { file NUL  dataset NUL  source selection  target selection }...  checksum U32
 * Source: HDF5 file format specification version 3, IV.A.2.i, "Virtual" */
export function encodeVirtualMappings(mappings: readonly VirtualMapping[]): Uint8Array {
  const out = new ByteWriter().u8(0).u64(mappings.length)
  for (const mapping of mappings) {
    out.text(mapping.file).u8(0).text(mapping.dataset).u8(0)
    writeSelection(out, mapping.source)
    writeSelection(out, mapping.target)
  }
  return out.u32(lookup3(out.done())).done()
}
