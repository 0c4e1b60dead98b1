import { createHash } from 'node:crypto'
import { decompressChunk } from '@beamtime/hdf5'
import { expect, test } from 'vitest'
import { parseDetectorConfig, liveFormatOf, liveSelection } from '../../src/core/detector-config.ts'
import type { LiveFormat } from '../../src/core/live-selection.ts'
import { liveEncoder } from '../../src/image/live-format.ts'

const metadata = {
  image_id: 20_123_456_789,
  height: 2,
  width: 8,
  size: 32,
  dtype: 'u16',
  status: 'missing_packets',
  compression: 'none',
  detector: { kind: 'jf', daq_rec: 3_840 },
} as const
const pixels = new Uint8Array(Uint16Array.from({ length: 16 }, (_, at) => at * 100).buffer)
const image = { metadata, pixels, atMs: 1_700_000_000_250.5 }
const context = { detector: 'JF06T08V03', extraHeader: false, pedestalFile: '/p.h5', gainFile: '/g.h5' }

function parts(format: LiveFormat): (string | Uint8Array)[] {
  return liveEncoder(format, context).message(image)
}

function json(part: string | Uint8Array | undefined): Record<string, unknown> {
  return JSON.parse(String(part)) as Record<string, unknown>
}

test('array-1.0 has the bytes that peers compare', () => {
  const [header, data] = parts('array-1.0')
  expect(header).toBe('{"htype":"array-1.0", "shape":[2,8], "type":"uint16", "frame":20123456789}')
  expect(data).toBe(pixels)
})

test('bsread has a hash of its data header and compressed pixels', () => {
  const [main, data, payload, end] = parts('bsread')
  expect(json(main)).toEqual({
    htype: 'bsr_m-1.1',
    pulse_id: 20_123_456_789,
    global_timestamp: { sec: 1_700_000_000, ns: 250_500_000 },
    hash: createHash('md5').update(String(data)).digest('hex'),
  })
  expect(json(data)).toEqual({
    htype: 'bsr_d-1.1',
    channels: [{ name: 'JF06T08V03', shape: [8, 2], type: 'uint16', compression: 'bitshuffle_lz4' }],
  })
  const packed = payload instanceof Uint8Array ? payload : new Uint8Array()
  expect(decompressChunk(packed, { elementBytes: 2, maxBytes: 32 })).toEqual(pixels)
  expect(end).toHaveLength(0)
})

test('binary is the packed struct of 30 bytes, then the pixels', () => {
  const [header, data] = parts('binary')
  expect(Buffer.from(header as Uint8Array).toString('hex')).toBe(
    '159573af04000000' + '0200000000000000' + '0800000000000000' + '0200' + '0100' + '0000',
  )
  expect(data).toBe(pixels)
})

test('streamvis knows the detector, and an image that is left out is an array of 2 x 2', () => {
  expect(json(parts('streamvis')[0])).toEqual({
    frame: 20_123_456_789,
    is_good_frame: 0,
    daq_rec: 3_840,
    pulse_id: 20_123_456_789,
    pedestal_file: '/p.h5',
    gain_file: '/g.h5',
    detector_name: 'JF06T08V03',
    htype: 'array-1.0',
    type: 'uint16',
    shape: [2, 8],
  })
  const [header, data] = liveEncoder('streamvis', context).skip?.(metadata) ?? []
  expect(json(header)).toMatchObject({ shape: [2, 2], type: 'uint16' })
  expect(data).toHaveLength(8)
})

test('odin-data gets its shape as texts', () => {
  expect(json(parts('odin')[0])).toEqual({
    frame_num: 20_123_456_789,
    acquisition_id: '',
    dtype: 'uint16',
    dsize: 32,
    dataset: 'data',
    compression: 'none',
    tags: [],
    shape: ['2', '8'],
  })
})

test('the SLS receiver form has the fields of the packet header', () => {
  expect(json(parts('slsreceiver')[0])).toMatchObject({
    jsonversion: 4,
    bitmode: 16,
    shape: [8, 2],
    size: 32,
    data: 1,
    completeImage: 0,
    frameNumber: 20_123_456_789,
    detSpec3: 3_840,
    detType: 3,
    version: 2,
  })
})

test('a form is chosen by its name or beside a rule, and a wrong one is refused with its key', () => {
  expect(liveFormatOf({ type: 'forward' })).toBe('array-1.0')
  expect(liveFormatOf({ type: 'streamvis' })).toBe('streamvis')
  expect(liveFormatOf({ type: 'periodic', config: [1, 10], format: 'odin' })).toBe('odin')
  expect(liveSelection('a', { type: 'binary', config: [1, 5] })).toEqual({
    type: 'periodic',
    count: 1,
    rateHz: 5,
  })
  expect(liveSelection('a', { type: 'bsread' })).toEqual({ type: 'forward' })
  expect(() => liveSelection('a', { type: 'forward', format: 'jpeg' })).toThrow('live_stream_configs.a')
  const config = parseDetectorConfig({
    detector_name: 'd',
    detector_type: 'eiger',
    n_modules: 1,
    bit_depth: 16,
    image_pixel_width: 514,
    image_pixel_height: 256,
    start_udp_port: 1,
    module_positions: {},
    live_stream_configs: { 'tcp://127.0.0.1:1': { type: 'forward', format: 'odin' } },
  })
  expect(config.live_stream_configs['tcp://127.0.0.1:1']).toEqual({ type: 'forward', format: 'odin' })
})
