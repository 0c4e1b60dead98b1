import type { NumberArray } from './dbr-reading.ts'

/* The wire is big-endian, typed arrays have the byte order of the machine. The runtime swaps whole arrays several times faster than a
 * loop reads them (bench/client-rates.ts, 40,000 doubles). */

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function swap(bytes: Uint8Array, elementBytes: number): void {
  if (!isLittleEndian || elementBytes === 1) return
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (elementBytes === 2) buffer.swap16()
  else if (elementBytes === 4) buffer.swap32()
  else buffer.swap64()
}

/** Fills an array from its big-endian bytes at `at`. */
export function readBigEndian<T extends NumberArray>(values: T, bytes: Uint8Array, at: number): T {
  const target = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  target.set(bytes.subarray(at, at + target.length))
  swap(target, values.BYTES_PER_ELEMENT)
  return values
}

/** Writes an array big-endian at `at`. */
export function writeBigEndian(values: NumberArray, bytes: Uint8Array, at: number): void {
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
  swap(bytes.subarray(at, at + values.byteLength), values.BYTES_PER_ELEMENT)
}
