import { an44, ev42, ev43, schemaId } from '@beamtime/stream-formats'
import { messageWrong } from '../data/da00-result.ts'

export interface EventFields {
  readonly source_name: string
  readonly reference_time: BigInt64Array
  readonly reference_time_index: Int32Array
  readonly time_of_flight: Int32Array
  readonly pixel_id: Int32Array
}

/** Events of older and of weighted formats as ev44 has them. Throws STREAM_MESSAGE_MALFORMED. */
export function adaptEvents(bytes: Uint8Array): EventFields {
  switch (schemaId(bytes)) {
    case 'an44':
      return an44.decode(bytes)
    case 'ev42': {
      const wire = ev42.decode(bytes)
      return {
        source_name: wire.source_name ?? '',
        reference_time: BigInt64Array.of(BigInt.asIntN(64, wire.pulse_time)),
        reference_time_index: Int32Array.of(0),
        time_of_flight: signed(wire.time_of_flight),
        pixel_id: signed(wire.detector_id),
      }
    }
    case 'ev43': {
      const wire = ev43.decode(bytes)
      return {
        source_name: wire.source_name ?? '',
        reference_time: BigInt64Array.from(wire.pulse_time, (time) => BigInt.asIntN(64, time)),
        reference_time_index: signed(wire.pulse_index),
        time_of_flight: signed(wire.time_of_flight),
        pixel_id: signed(wire.detector_id),
      }
    }
    case undefined:
    default:
      throw messageWrong('not a message of events')
  }
}

function signed(values: Uint32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length)
}
