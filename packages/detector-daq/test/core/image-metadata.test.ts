import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrayHeader } from '../../src/core/array-header.ts'
import {
  decodeImageMetadata,
  encodeImageMetadata,
  pixelTypeNumbers,
  type ImageMetadata,
} from '../../src/core/image-metadata.ts'

const golden: ImageMetadata = {
  image_id: 3,
  height: 2016,
  width: 2016,
  size: 8_128_512,
  dtype: 'u16',
  status: 'good_image',
  compression: 'none',
  detector: {
    kind: 'gf',
    scan_id: 0,
    scan_time: 0,
    sync_time: 0,
    frame_timestamp: 0,
    exposure_time: 0,
    store_image: true,
  },
}
// Daq contract 2.5.
const goldenBytes = '08 03 10 e0 0f 18 e0 0f 20 80 90 f0 03 28 02 30 01 42 02 30 01'

test('the metadata message has the bytes of the contract', () => {
  expect(Buffer.from(encodeImageMetadata(golden)).toString('hex')).toBe(goldenBytes.replaceAll(' ', ''))
  expect(decodeImageMetadata(Buffer.from(goldenBytes.replaceAll(' ', ''), 'hex'))).toEqual(golden)
})

test('clients of the older generation see good images as 0, which is not written', () => {
  const bytes = Buffer.from(encodeImageMetadata(golden, 'g2')).toString('hex')
  expect(bytes).toBe(goldenBytes.replace('30 01 42', '42').replaceAll(' ', ''))
})

test('an empty part of a detector is still there', () => {
  const bytes = encodeImageMetadata({ ...golden, detector: { kind: 'eg', exptime: 0 } })
  expect([...bytes.subarray(-2)]).toEqual([0x52, 0])
})

test('every message is read back, stays below 512 bytes, and skips fields that are not known', () => {
  const id = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  const metadata = fc.record({
    image_id: id,
    height: fc.nat(),
    width: fc.nat(),
    size: id,
    dtype: fc.constantFrom(...(Object.keys(pixelTypeNumbers) as (keyof typeof pixelTypeNumbers)[])),
    status: fc.constantFrom('good_image' as const, 'missing_packets' as const, 'id_missmatch' as const),
    compression: fc.constantFrom('none' as const, 'h5bitshuffle_lz4' as const, 'blosc2' as const),
    detector: fc.record({ kind: fc.constant('jf' as const), daq_rec: fc.nat() }),
  })
  fc.assert(
    fc.property(metadata, (value) => {
      const bytes = encodeImageMetadata(value)
      expect(bytes.length).toBeLessThan(512)
      const more = Uint8Array.of(...bytes, 0xf8, 0x01, 5, 0xfa, 0x01, 2, 1, 2)
      expect(decodeImageMetadata(more)).toEqual(value)
    }),
  )
})

test('bytes that are no message are undefined', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      decodeImageMetadata(bytes)
    }),
  )
  expect(decodeImageMetadata(Uint8Array.of(0x08))).toBeUndefined()
  expect(decodeImageMetadata(Uint8Array.of(0x0a, 200, 1))).toBeUndefined()
})

test('the array-1.0 header has the spaces that peers compare', () => {
  expect(arrayHeader(golden)).toBe('{"htype":"array-1.0", "shape":[2016,2016], "type":"uint16", "frame":3}')
  expect(arrayHeader(golden, { timestampNs: 5n })).toBe(
    '{"htype":"array-1.0", "shape":[2016,2016], "type":"uint16", "frame":3,"status":"good_image","timestamp_ns":5}',
  )
})
