import { batchCrc } from '../../src/core/record-batch.ts'
import type { RandomNumbers } from './random-numbers.ts'
import { largeSeeds, produceKey, type SeedRequest, seedTopics, smallSeeds } from './seed-requests.ts'

const batchMagic = 2
/** One in so many frames is a large one. */
const largeEvery = 500

/** An endless supply of requests with up to four changes each, in the fields or in the size before them. */
export class FrameMaker {
  readonly #random: RandomNumbers
  readonly #small = smallSeeds()
  readonly topics = seedTopics(this.#small)
  readonly #large = largeSeeds(this.topics[0] ?? 'large')

  constructor(random: RandomNumbers) {
    this.#random = random
  }

  frame(): Buffer {
    const random = this.#random
    const seed = this.#seed()
    const header = Buffer.alloc(10)
    header.writeInt16BE(seed.key, 0)
    header.writeInt16BE(seed.version, 2)
    header.writeInt32BE(random(1 << 30), 4)
    header.writeInt16BE(-1, 8)
    let body = this.#mutated(seed.body)
    // Half of the damaged batches get a checksum that is right, so that what is behind it is reached.
    if (seed.key === produceKey && random(2) === 0) body = withSoundChecksum(body)
    const head = random(12) === 0 ? this.#mutated(header) : header
    const tagBytes = seed.isFlexible ? 1 : 0
    const wholeBytes = head.byteLength + tagBytes + body.byteLength
    const frame = Buffer.allocUnsafe(4 + wholeBytes)
    frame.writeInt32BE(random(40) === 0 ? random(0x7fff_ffff) - 1_000_000 : wholeBytes)
    frame.set(head, 4)
    if (seed.isFlexible) frame[4 + head.byteLength] = 0
    frame.set(body, 4 + head.byteLength + tagBytes)
    return frame
  }

  #seed(): SeedRequest {
    const from = this.#random(largeEvery) === 0 ? this.#large : this.#small
    return from[this.#random(from.length)] as SeedRequest
  }

  #mutated(bytes: Buffer): Buffer {
    const random = this.#random
    let result = Buffer.from(bytes)
    const changes = random(5)
    for (let i = 0; i < changes; i++) {
      const at = result.byteLength === 0 ? 0 : random(result.byteLength)
      const kind = random(8)
      if (kind < 4 && result.byteLength > 0) result[at] = random(256)
      else if (kind === 4 && at + 4 <= result.byteLength)
        result.writeInt32BE([-1, 0, 0x7fff_ffff, -0x8000_0000, 1 << 20][random(5)] ?? 0, at)
      else if (kind === 5) result = result.subarray(0, at)
      else if (kind === 6) {
        const inserted = Buffer.alloc(1 + random(9), random(256))
        result = Buffer.concat([result.subarray(0, at), inserted, result.subarray(at)])
      } else if (result.byteLength > 0) result[at] = (result[at] ?? 0) ^ (1 << random(8))
    }
    return result
  }
}

function withSoundChecksum(body: Buffer): Buffer {
  for (let at = 16; at + 45 < body.byteLength; at++) {
    if (body[at] !== batchMagic) continue
    const length = body.readInt32BE(at - 8)
    if (length < 49 || length + at - 4 > body.byteLength) continue
    body.writeUInt32BE(batchCrc(body.subarray(at - 16, at - 4 + length)), at + 1)
    return body
  }
  return body
}
