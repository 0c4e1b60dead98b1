import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader } from '../src/core/byte-reader.ts'
import { isFlexible } from '../src/core/codec.ts'
import { decodeLz4Frame } from '../src/core/lz4.ts'
import { ProtocolError } from '../src/core/protocol-error.ts'
import { decodeSnappy } from '../src/core/snappy.ts'
import { subscribedTopics } from '../src/core/consumer-subscription.ts'
import { apiTable } from '../src/handlers/api-table.ts'
import { RawClient, startTestBroker } from './broker-bench.ts'

const folder = join(import.meta.dirname, 'vectors')

interface Golden {
  readonly api: (typeof apiTable)[number]
  readonly version: number
  readonly body: Uint8Array
}

const golden: readonly Golden[] = readdirSync(folder).flatMap((name) => {
  const api = apiTable.find((one) => one.name === name)
  if (api === undefined) return []
  return readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.bin'))
    .map((file) => ({
      api,
      version: Number(/v(\d+)\.bin$/.exec(file)?.[1]),
      body: new Uint8Array(readFileSync(join(folder, name, file))),
    }))
})

interface Mutation {
  readonly at: number
  readonly to: number
  readonly how: 'set' | 'cut' | 'insert'
}

const mutations = fc.array(
  fc.record({
    at: fc.nat(4_096),
    to: fc.integer({ min: 0, max: 255 }),
    how: fc.constantFrom('set' as const, 'set' as const, 'cut' as const, 'insert' as const),
  }),
  { minLength: 1, maxLength: 4 },
)

function mutate(bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  let result = Buffer.from(bytes)
  for (const { at, to, how } of changes) {
    const place = result.byteLength === 0 ? 0 : at % result.byteLength
    if (how === 'set' && result.byteLength > 0) result[place] = to
    else if (how === 'cut') result = result.subarray(0, place)
    else if (how === 'insert')
      result = Buffer.concat([result.subarray(0, place), Buffer.of(to), result.subarray(place)])
  }
  return new Uint8Array(result)
}

test('mutated requests are decoded or refused with a ProtocolError, nothing else', () => {
  fc.assert(
    fc.property(fc.nat(golden.length - 1), mutations, (index, changes) => {
      const { api, version, body } = golden[index] as Golden
      try {
        api.request.decode(new ByteReader(mutate(body, changes)), version)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 5_000 },
  )
})

test('decompressors and display decoders stand arbitrary bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      subscribedTopics(bytes)
      for (const decode of [decodeSnappy, decodeLz4Frame]) {
        try {
          expect(decode(bytes, 10_000).byteLength).toBeLessThanOrEqual(10_000)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a broker under mutated requests of real clients closes connections and lives on', async () => {
  const { port, log } = await startTestBroker({ default_partitions: 2 })
  const random = fc.sample(fc.tuple(fc.nat(golden.length - 1), mutations), { numRuns: 400, seed: 42 })
  for (const [index, changes] of random) {
    const { api, version, body } = golden[index] as Golden
    const client = await RawClient.connect(port)
    const header = Buffer.alloc(10)
    header.writeInt16BE(api.key, 0)
    header.writeInt16BE(version, 2)
    header.writeInt32BE(1, 4)
    header.writeInt16BE(-1, 8)
    const tags = isFlexible(api.request.shape, version) ? Buffer.of(0) : Buffer.alloc(0)
    client.sendFrame(Buffer.concat([header, tags, mutate(body, changes)]))
    client.socket.end()
  }
  const client = await RawClient.connect(port)
  expect(await client.call('ApiVersions', 0, {})).toMatchObject({ errorCode: 0 })
  expect(log.filter((line) => line.includes('request-failed'))).toEqual([])
})
