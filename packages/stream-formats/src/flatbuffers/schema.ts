import { malformed } from '../error.ts'
import type { Fields, TableInput, TableValue } from './field.ts'
import { FlatReader } from './reader.ts'
import { FlatWriter } from './writer.ts'

/** A message format: its four-letter name and the fields of its root table, by slot. */
export interface Schema<F extends Fields = Fields> {
  readonly id: string
  readonly fields: F
  /** Throws STREAM_MESSAGE_MALFORMED. Vectors may be views of `bytes`. */
  decode(bytes: Uint8Array): TableValue<F>
  /** Throws STREAM_VALUE_WRONG when a required field is missing. */
  encode(value: TableInput<F>): Uint8Array
}

export type Decoded<S> = S extends Schema<infer F> ? TableValue<F> : never

/** The four letters by which messages are routed; undefined for fewer than 8 bytes. */
export function schemaId(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8) return undefined
  return String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0, bytes[6] ?? 0, bytes[7] ?? 0)
}

export function schema<const F extends Fields>(id: string, fields: F): Schema<F> {
  return {
    id,
    fields,
    decode: (bytes) => {
      const found = schemaId(bytes)
      if (found !== id)
        throw malformed(
          found === undefined
            ? `${bytes.length} bytes are no message`
            : `schema ${found} where ${id} was expected`,
        )
      const reader = new FlatReader(bytes)
      return reader.table(reader.root(), fields)
    },
    encode: (value) => {
      const writer = new FlatWriter()
      return writer.finish(id, writer.table(fields, value))
    },
  }
}
