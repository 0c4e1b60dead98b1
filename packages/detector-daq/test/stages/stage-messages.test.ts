import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gigafrostMeta } from '../../src/core/gigafrost-packet.ts'
import { metaWords } from '../../src/core/packet.ts'
import { slsMeta } from '../../src/core/sls-packet.ts'
import {
  decodeFrameStruct,
  encodeFrameStruct,
  type FrameStructOptions,
} from '../../src/stages/frame-struct.ts'
import {
  decodeWriterAction,
  decodeWriterResponse,
  encodeWriterAction,
  encodeWriterResponse,
} from '../../src/stages/writer-messages.ts'

const options = (kind: FrameStructOptions['kind']): FrameStructOptions => ({
  kind,
  bitDepth: 16,
  columns: 1008,
  rows: 504,
  doNotStoreBit: 0,
})

test('a JUNGFRAU frame has its words at the places of the contract', () => {
  const meta = new Float64Array(metaWords)
  meta[slsMeta.frameNumber] = 7
  meta[slsMeta.daqInfo] = 0x1234
  const bytes = encodeFrameStruct(
    { imageId: 0x1_0000_0001, missingPackets: 2, module: 3, meta },
    options('jf'),
  )
  expect(bytes.toString('hex')).toBe(
    '0100000001000000' +
      '0200000000000000' +
      '0300' +
      '0000000000000000' +
      '0700000000000000' +
      '3412000000000000' +
      '0300000000000000' +
      '00'.repeat(14),
  )
})

test('a GIGAFROST frame keeps what the image needs', () => {
  const meta = new Float64Array(metaWords)
  meta[gigafrostMeta.scanId] = 5
  meta[gigafrostMeta.scanTime] = 6
  meta[gigafrostMeta.syncTime] = 7
  meta[gigafrostMeta.timestamp] = 2 ** 39
  meta[gigafrostMeta.exposure] = 9
  meta[gigafrostMeta.imageStatus] = 1
  meta[gigafrostMeta.status] = (2 << 6) | (1 << 5) | (5 << 2)
  const bytes = encodeFrameStruct({ imageId: 1, missingPackets: 0, module: 5, meta }, options('gf'))
  expect([...bytes.subarray(18, 24)]).toEqual([0, 1, 5, 2, 0, 1])
  const read = decodeFrameStruct(bytes, options('gf'))
  for (const word of ['scanId', 'scanTime', 'syncTime', 'timestamp', 'exposure', 'imageStatus'] as const)
    expect(read?.meta[gigafrostMeta[word]]).toBe(meta[gigafrostMeta[word]])
})

test('a message that holds only an id is a frame, a shorter one is none', () => {
  const id = Buffer.alloc(8)
  id.writeBigUInt64LE(42n)
  expect(decodeFrameStruct(id, options('eg'))).toMatchObject({ imageId: 42, missingPackets: 0, module: 0 })
  expect(decodeFrameStruct(id.subarray(0, 7), options('eg'))).toBeUndefined()
  expect(decodeFrameStruct(Buffer.alloc(64, 0xff), options('jf'))).toBeUndefined()
})

test('actions and responses of writers survive the wire', () => {
  const metadata = {
    image_id: 3,
    height: 2,
    width: 2,
    size: 8,
    dtype: 'u16',
    status: 'good_image',
    compression: 'none',
  } as const
  const actions = [
    { kind: 'create', path: '/data/file0.h5', writerId: 1001 },
    { kind: 'record', metadata },
    { kind: 'close' },
    { kind: 'confirm' },
  ] as const
  for (const action of actions) expect(decodeWriterAction(encodeWriterAction(action))).toEqual(action)
  expect(Buffer.from(encodeWriterAction({ kind: 'close' })).toString('hex')).toBe('1a00')
  const failure = { isSuccess: false, reason: 'no room' }
  expect(decodeWriterResponse(encodeWriterResponse(failure))).toEqual(failure)
  expect(Buffer.from(encodeWriterResponse({ isSuccess: true, reason: '' })).toString('hex')).toBe('0801')
})

test('no bytes make a decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      decodeWriterAction(bytes)
      decodeWriterResponse(bytes)
      for (const kind of ['jf', 'eg', 'gf', 'none'] as const)
        expect(decodeFrameStruct(bytes, options(kind))?.imageId ?? 0).toBeGreaterThanOrEqual(0)
    }),
  )
})
