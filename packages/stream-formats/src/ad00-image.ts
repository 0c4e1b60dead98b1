import { bytesOfNumbers, checkShape, elementTypes, numbersOf, typeIndexOf } from './element-type.ts'
import { malformed } from './error.ts'
import type { NumberVector } from './flatbuffers/field.ts'
import { ad00 } from './schemas/ad00.ts'

/** An area detector image with its pixels as numbers. */
export interface AreaImage {
  readonly source_name: string
  readonly id: number
  /** Nanoseconds since 1970-01-01 UTC. */
  readonly timestamp: bigint
  /** Rows first. */
  readonly shape: readonly number[]
  readonly values: NumberVector
}

/** Decodes an ad00 message. Throws STREAM_MESSAGE_MALFORMED. */
export function decodeAreaImage(bytes: Uint8Array): AreaImage {
  const wire = ad00.decode(bytes)
  const type = elementTypes[wire.data_type]
  if (type === undefined) throw malformed(`the image has the unknown data type ${wire.data_type}`)
  const values = numbersOf(wire.data, type)
  const shape = checkShape(wire.dimensions, values.length, wire.source_name)
  return { source_name: wire.source_name, id: wire.id, timestamp: wire.timestamp, shape, values }
}

export function encodeAreaImage(image: AreaImage): Uint8Array {
  return ad00.encode({
    source_name: image.source_name,
    id: image.id,
    timestamp: image.timestamp,
    dimensions: BigInt64Array.from(image.shape, BigInt),
    data_type: typeIndexOf(image.values),
    data: bytesOfNumbers(image.values),
  })
}
