import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fetchRequest,
  initProducerIdRequest,
  listOffsetsRequest,
  metadataRequest,
  produceRequest,
  type WireRequest,
} from '../../src/wire/kafka-requests.ts'
import { ResponseCursor } from '../../src/wire/response-cursor.ts'

const place = { topic: 'a', partition: 0, offset: 0 }
const requests: Readonly<Record<string, WireRequest<unknown>>> = {
  Metadata: metadataRequest(null),
  ListOffsets: listOffsetsRequest('a', [{ partition: 0, timestampMs: 1 }]),
  Fetch: fetchRequest([place], { maxWaitMs: 1, maxBytes: 1, partitionMaxBytes: 1 }),
  Produce: produceRequest([{ ...place, batch: Buffer.from('x') }], -1),
  InitProducerId: initProducerIdRequest,
}

test.each(Object.keys(requests))(
  'whatever stands in an answer to %s, reading it ends with a value or a RangeError',
  (name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          requests[name]?.read(new ResponseCursor(Buffer.from(bytes)))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 3_000 },
    )
  },
)

test('a list that announces more than an answer can hold is refused before anything is made for it', () => {
  const bytes = Buffer.alloc(16)
  bytes.writeInt32BE(0x7fff_ffff)
  expect(() => new ResponseCursor(bytes).list(() => 1)).toThrow('2147483647')
})
