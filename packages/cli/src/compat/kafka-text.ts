/** How bytes become text, by the class names of Java's deserializers; none means the bytes as they are. */
type Reader = (bytes: Buffer) => string

const readers: Readonly<Record<string, { readonly sizeBytes: number; readonly read: Reader }>> = {
  ShortDeserializer: { sizeBytes: 2, read: (bytes) => String(bytes.readInt16BE(0)) },
  IntegerDeserializer: { sizeBytes: 4, read: (bytes) => String(bytes.readInt32BE(0)) },
  LongDeserializer: { sizeBytes: 8, read: (bytes) => String(bytes.readBigInt64BE(0)) },
  FloatDeserializer: { sizeBytes: 4, read: (bytes) => javaFloat(bytes.readFloatBE(0)) },
  DoubleDeserializer: { sizeBytes: 8, read: (bytes) => javaDouble(bytes.readDoubleBE(0)) },
  BooleanDeserializer: { sizeBytes: 1, read: (bytes) => String(bytes[0] === 1) },
}
const asTheyAre = ['StringDeserializer', 'ByteArrayDeserializer', 'BytesDeserializer', 'UUIDDeserializer']

/** Java writes whole numbers with a decimal. */
function javaDouble(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** The fewest digits that mean the same float of 32 bits. */
function javaFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return javaDouble(text)
  }
  return javaDouble(value)
}

/** What stands for a value in the output. Throws RangeError when the bytes are not what the class reads. */
export type Deserialize = (bytes: Uint8Array) => Uint8Array | string

/** By class name, full or short; null when there is no such class here. */
export function deserializerOf(className: string): Deserialize | null {
  const name = className.slice(className.lastIndexOf('.') + 1)
  if (asTheyAre.includes(name)) return (bytes) => bytes
  const reader = readers[name]
  if (reader === undefined) return null
  return (bytes) => {
    if (bytes.byteLength !== reader.sizeBytes)
      throw new RangeError(`Size of data received by ${name} is not ${reader.sizeBytes}`)
    return reader.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }
}
