/** Name, values, and what is said of them; without a shape they are one row. */
export type ColumnToSend = readonly [
  name: string,
  values: Float64Array,
  more?: { readonly shape?: readonly number[]; readonly axes?: readonly string[]; readonly unit?: string },
]

/** Writes a type 2 frame, the counterpart of src/net/frame-codec.ts, for doubles only. */
export function encodeRows(
  header: { subscription: number; seq: number; meta: Readonly<Record<string, unknown>> },
  columns: readonly ColumnToSend[],
): ArrayBuffer {
  let off = 0
  const arrays = columns.map(([name, values, more]) => {
    const entry = { name, dtype: 'f64', shape: [values.length], ...more, off }
    off += values.length * 8
    return entry
  })
  const json = new TextEncoder().encode(JSON.stringify({ kind: 'rows', ...header.meta, arrays }))
  const padded = (json.length + 7) & ~7
  const buffer = new ArrayBuffer(40 + padded + off)
  const view = new DataView(buffer)
  view.setUint32(0, 0x31465243, true)
  view.setUint8(4, 2)
  view.setUint16(6, 40, true)
  view.setUint32(8, header.subscription, true)
  view.setUint32(12, header.seq, true)
  view.setFloat64(16, Date.now(), true)
  view.setFloat64(24, Date.now(), true)
  view.setUint32(32, json.length, true)
  view.setUint32(36, columns.length, true)
  new Uint8Array(buffer).set(json, 40)
  let at = 40 + padded
  for (const [, values] of columns) {
    new Float64Array(buffer, at, values.length).set(values)
    at += values.length * 8
  }
  return buffer
}
