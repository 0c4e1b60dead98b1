import { isContainer, isFramed, readContainer, unframeDatum } from '@beamtime/stream-formats/avro'
import type { AvroSchema } from '@beamtime/stream-formats/avro'
import { decodeWithAny, summaryOf } from './alert-fields.ts'

/**
 * The record of an alert packet: an object container with its schema, or a framed datum whose schema is known by its id or
 * is one of `schemas`. Null when the value is no alert.
 */
export function readAlert(
  value: Uint8Array,
  schemaOf: (id: number) => AvroSchema | null,
  schemas: readonly AvroSchema[],
): unknown {
  try {
    const alert = decode(value, schemaOf, schemas)
    return alert === null || summaryOf(alert).id === 'None' ? null : alert
  } catch {
    return null // it only looks like one
  }
}

function decode(
  value: Uint8Array,
  schemaOf: (id: number) => AvroSchema | null,
  schemas: readonly AvroSchema[],
): unknown {
  if (isContainer(value)) {
    const { header, datums } = readContainer(value)
    const [datum] = datums
    return datum === undefined ? null : header.schema.decode(datum)
  }
  if (!isFramed(value)) return null
  const { schemaId, datum } = unframeDatum(value)
  return schemaOf(schemaId)?.decode(datum) ?? decodeWithAny(datum, schemas)
}
