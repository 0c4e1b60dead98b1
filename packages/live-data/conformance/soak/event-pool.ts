import { ev44 } from '@beamtime/stream-formats'
import { random } from '../../src/fakes/random.ts'

/** As event formation units split a pulse. */
export const eventsPerMessage = 12_400
/** A prime, so that the messages of a pulse differ from pulse to pulse. */
export const poolSize = 199
export const pixels = 16_384
export const binStopNs = 71_430_000

export interface PooledEvents {
  readonly toa: Int32Array
  readonly pixel: Int32Array
}

/** Events of the messages that are sent in turn; the source and the ledger make the same. */
export function eventPool(): readonly PooledEvents[] {
  const numbers = random(7)
  return Array.from({ length: poolSize }, () => {
    const toa = new Int32Array(eventsPerMessage)
    const pixel = new Int32Array(eventsPerMessage)
    for (let at = 0; at < eventsPerMessage; at++) {
      toa[at] = 30e6 + 10e6 * numbers.normal()
      pixel[at] = 1 + Math.floor(numbers.unit() * pixels)
    }
    return { toa, pixel }
  })
}

/**
 * Messages of the pool as bytes, whose number and pulse time are written over for each that is sent: at most `mostWaiting`
 * messages may be on their way. Nothing is copied, so that what is looked at is not the source.
 */
export class MessagePool {
  readonly #copies: number
  readonly #messages: readonly Encoded[]
  readonly #empty = encoded({ toa: new Int32Array(0), pixel: new Int32Array(0) })

  constructor(mostWaiting: number) {
    this.#copies = Math.ceil(mostWaiting / poolSize) + 1
    const once = eventPool().map(encoded)
    this.#messages = Array.from({ length: this.#copies }, () =>
      once.map((message) => ({ ...message, bytes: Buffer.from(message.bytes) })),
    ).flat()
  }

  /** Message `id` of the pulse at `timeNs`; from `endId` on messages have no events. */
  bytesOf(id: number, { timeNs, endId }: { readonly timeNs: bigint; readonly endId: number }): Buffer {
    const message = id < endId ? this.#messages[id % (poolSize * this.#copies)] : undefined
    const { bytes, idAt, timeAt } = message ?? { ...this.#empty, bytes: Buffer.from(this.#empty.bytes) }
    bytes.writeBigInt64LE(BigInt(id), idAt)
    bytes.writeBigInt64LE(timeNs, timeAt)
    return bytes
  }
}

interface Encoded {
  readonly bytes: Buffer
  readonly idAt: number
  readonly timeAt: number
}

const idMark = 0x0123456789abcdefn
const timeMark = 0x0fedcba987654321n

function encoded({ toa, pixel }: PooledEvents): Encoded {
  const bytes = Buffer.from(
    ev44.encode({
      source_name: 'panel_0',
      message_id: idMark,
      reference_time: BigInt64Array.of(timeMark),
      reference_time_index: Int32Array.of(0),
      time_of_flight: toa,
      pixel_id: pixel,
    }),
  )
  const needle = Buffer.alloc(8)
  needle.writeBigInt64LE(idMark)
  const idAt = bytes.indexOf(needle)
  needle.writeBigInt64LE(timeMark)
  return { bytes, idAt, timeAt: bytes.indexOf(needle) }
}
