import { decodeMsgpack } from './msgpack-reader.ts'
import { asIs, MsgpackWriter } from './msgpack-writer.ts'

const writer = new MsgpackWriter({ numpy: true })

/** MessagePack of any value that a document may hold; integral numbers as integers, typed arrays as ndarrays.
 * Throws EVENT_MODEL_NOT_SERIALISABLE. */
export function encodeMsgpack(value: unknown): Buffer {
  writer.reset()
  writer.value(value, asIs)
  return writer.take()
}

export { decodeMsgpack }
