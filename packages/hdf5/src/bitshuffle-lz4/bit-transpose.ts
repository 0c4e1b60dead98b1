/**
 * Bit-transposes one block of `count` elements (a multiple of 8): output row r holds bit r of every element, bit r % 8 of byte
 * floor(r / 8), least significant first; bit k of byte j of a row belongs to element 8 j + k.
 */
export function bitTranspose(source: Uint8Array, target: Uint8Array, elementBytes: number): void {
  const count = source.length / elementBytes
  const rowBytes = count / 8
  for (let byte = 0; byte < elementBytes; byte += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const row = (byte * 8 + bit) * rowBytes
      for (let group = 0; group < rowBytes; group += 1) {
        let packed = 0
        for (let k = 0; k < 8; k += 1)
          packed |= (((source[(group * 8 + k) * elementBytes + byte] ?? 0) >> bit) & 1) << k
        target[row + group] = packed
      }
    }
  }
}

/** The inverse of bitTranspose. */
export function bitUntranspose(source: Uint8Array, target: Uint8Array, elementBytes: number): void {
  const count = target.length / elementBytes
  const rowBytes = count / 8
  target.fill(0)
  for (let row = 0; row < elementBytes * 8; row += 1) {
    const byte = row >> 3
    const bit = row & 7
    for (let element = 0; element < count; element += 1) {
      const set = ((source[row * rowBytes + (element >> 3)] ?? 0) >> (element & 7)) & 1
      const at = element * elementBytes + byte
      target[at] = (target[at] ?? 0) | (set << bit)
    }
  }
}
