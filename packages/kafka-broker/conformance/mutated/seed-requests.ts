import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchBatch, produceFrame } from '../../bench/bench-client.part.ts'
import { ByteReader } from '../../src/core/byte-reader.ts'
import { isFlexible } from '../../src/core/codec.ts'
import { apiTable } from '../../src/handlers/api-table.ts'
import { produceRequest } from '../../src/messages/produce.ts'

/** A sound request before it is changed. */
export interface SeedRequest {
  readonly key: number
  readonly version: number
  readonly isFlexible: boolean
  readonly body: Buffer
}

export const produceKey = produceRequest.shape.key
const folder = join(import.meta.dirname, '..', '..', 'test', 'vectors')

function seedOf(key: number, version: number, body: Buffer): SeedRequest {
  const api = apiTable.find((one) => one.key === key)
  return { key, version, isFlexible: api !== undefined && isFlexible(api.request.shape, version), body }
}

/** What real clients sent; for APIs that none of them used, a body of zeros in each version. */
export function smallSeeds(): readonly SeedRequest[] {
  const recorded = new Set(readdirSync(folder))
  return apiTable.flatMap((api): SeedRequest[] => {
    if (!recorded.has(api.name)) {
      const [first, last] = api.versions
      const versions = Array.from({ length: last - first + 1 }, (_, i) => first + i)
      return versions.map((version) => seedOf(api.key, version, Buffer.alloc(48)))
    }
    return readdirSync(join(folder, api.name))
      .filter((name) => name.endsWith('.bin'))
      .map((name) =>
        seedOf(api.key, Number(/v(\d+)\.bin$/.exec(name)?.[1]), readFileSync(join(folder, api.name, name))),
      )
  })
}

/** Topics that recorded producers write to: where they exist, what lies behind an unknown topic is reached too. */
export function seedTopics(seeds: readonly SeedRequest[]): readonly string[] {
  const names = seeds
    .filter(({ key }) => key === produceKey)
    .flatMap(({ version, body }) =>
      produceRequest.decode(new ByteReader(body), version).topicData.map(({ name }) => name),
    )
  return [...new Set(names)]
}

const frameSizeBytes = 4
const headerBytes = 10

/** Batches as large as alerts and larger ones, whose memory the broker uses again. */
export function largeSeeds(topic: string): readonly SeedRequest[] {
  return [82_000, 400_000].map((bytes) => {
    const frame = produceFrame(topic, benchBatch(1, bytes))
    return seedOf(
      produceKey,
      frame.readInt16BE(frameSizeBytes + 2),
      frame.subarray(frameSizeBytes + headerBytes),
    )
  })
}
