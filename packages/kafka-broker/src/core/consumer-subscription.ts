import { ByteReader } from './byte-reader.ts'
import { ProtocolError } from './protocol-error.ts'

/* What a member with protocol type "consumer" says in its metadata
 *   version i16, topics [str], user data bytes?, (v1+) owned partitions ...
 * The broker reads it for display and for OffsetDelete only and never refuses it. Source: ConsumerProtocolSubscription.json. */

/** Topics that a member subscribes to; null when the bytes are not of this form. */
export function subscribedTopics(metadata: Uint8Array): readonly string[] | null {
  try {
    const reader = new ByteReader(metadata)
    reader.int16()
    const count = reader.int32()
    if (count < 0 || count > reader.remaining) return null
    return Array.from({ length: count }, () => reader.utf8(reader.int16()))
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
}
