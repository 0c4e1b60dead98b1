/* Greedy search for repetitions, shared by the encoders of LZ4 and Snappy: a table from a hash of four bytes to where they
 * were last seen. Compaction uses it, which rewrites batches in the codec of their producer. */

const hashBits = 14
const minMatch = 4
/** Both formats reach this far back with two bytes. */
const maxDistance = 65_535
/** LZ4 wants no match in the last 12 bytes of a block, and the last 5 as literals. */
const tailBytes = 12
const lastLiterals = 5

export interface Sequence {
  readonly literal: Uint8Array
  /** 0 = the literal is the last. */
  readonly distance: number
  readonly length: number
}

/** A block as literals and repetitions, in order. */
export function* sequencesOf(block: Uint8Array): Generator<Sequence> {
  const seen = new Int32Array(1 << hashBits).fill(-1)
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const limit = block.byteLength - tailBytes
  let literalAt = 0
  let at = 0
  while (at < limit) {
    const four = view.getUint32(at, true)
    const slot = Math.imul(four, 0x9e37_79b1) >>> (32 - hashBits)
    const before = seen[slot] ?? -1
    seen[slot] = at
    if (before < 0 || at - before > maxDistance || view.getUint32(before, true) !== four) {
      at++
      continue
    }
    const length = matchLength(block, before, at)
    yield { literal: block.subarray(literalAt, at), distance: at - before, length }
    at += length
    literalAt = at
  }
  yield { literal: block.subarray(literalAt), distance: 0, length: 0 }
}

function matchLength(block: Uint8Array, before: number, at: number): number {
  const end = block.byteLength - lastLiterals
  let length = minMatch
  while (at + length < end && block[before + length] === block[at + length]) length++
  return length
}
