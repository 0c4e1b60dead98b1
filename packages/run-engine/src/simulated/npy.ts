/* A numpy .npy file, version 1.0: magic "\x93NUMPY", 1, 0, header length (uint16 little endian), header text padded with
 * spaces to a multiple of 64 and ended by a newline, data in C order. Source: numpy.lib.format. */

/** Rows of numbers as a .npy file of float64. */
export function npyBytes(rows: readonly (readonly number[])[]): Uint8Array {
  const width = rows[0]?.length ?? 0
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, ${width}), }`
  const unpadded = 10 + text.length + 1
  const header = `${text}${' '.repeat((64 - (unpadded % 64)) % 64)}\n`
  const bytes = new Uint8Array(10 + header.length + rows.length * width * 8)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8])
  bytes.set(new TextEncoder().encode(header), 10)
  const view = new DataView(bytes.buffer, 10 + header.length)
  rows.flat().forEach((value, index) => view.setFloat64(index * 8, value, true))
  return bytes
}
