import { expect, test } from 'vitest'
import { parseDetectorConfig, updateDetectorConfig } from '../../src/core/detector-config.ts'
import { detectorModel } from '../../src/core/detector-model.ts'

const eiger = {
  detector_name: 'EG05M',
  detector_type: 'eiger',
  n_modules: 4,
  bit_depth: 16,
  image_pixel_height: 514,
  image_pixel_width: 1030,
  start_udp_port: 50_020,
  module_positions: {
    '0': [0, 0, 513, 255],
    '1': [516, 0, 1029, 255],
    '2': [0, 513, 513, 258],
    '3': [516, 513, 1029, 258],
  },
}

test('a configuration gets its defaults and keeps keys that are not known', () => {
  const config = parseDetectorConfig({ ...eiger, something_else: [1, 2] })
  expect(config).toMatchObject({
    module_sync_queue_size: 50,
    gpfs_block_size: 16_777_216,
    something_else: [1, 2],
  })
})

test('a missing key is named as the peers name it', () => {
  const { bit_depth: _, ...rest } = eiger
  expect(() => parseDetectorConfig(rest)).toThrow('Detector json file is missing parameter: "bit_depth"')
})

test('whole numbers may be text, and places may be objects', () => {
  const config = parseDetectorConfig({
    ...eiger,
    n_modules: '4',
    module_positions: { ...eiger.module_positions, '0': { start_x: 0, start_y: 0, end_x: 513, end_y: 255 } },
  })
  expect(config.n_modules).toBe(4)
  expect(config.module_positions['0']).toEqual([0, 0, 513, 255])
})

test.each([
  ['n_modules', 0],
  ['n_modules', 1.5],
  ['bit_depth', 'sixteen'],
  ['detector_name', '../etc'],
  ['start_udp_port', 70_000],
  ['module_positions', { '0': [1, 2, 3] }],
  ['use_all_forwarders', 'yes'],
  ['live_stream_configs', { 'tcp://1.2.3.4:5': { type: 'periodic', config: [0, 5] } }],
  ['live_stream_configs', { 'http://x': { type: 'forward' } }],
])('a bad value of %s is refused with the key', (key, value) => {
  expect(() => parseDetectorConfig({ ...eiger, [key]: value })).toThrow(key)
})

test('a partial update keeps what is absent or null', () => {
  const config = parseDetectorConfig(eiger)
  const changed = updateDetectorConfig(config, { bit_depth: 32, n_modules: null })
  expect(changed).toEqual({ ...config, bit_depth: 32 })
})

test('the model knows ports, size and type of the image', () => {
  const model = detectorModel(parseDetectorConfig(eiger))
  expect(model).toMatchObject({ pixelType: 'u16', imageBytes: 1030 * 514 * 2, modules: 4 })
  expect(model.ports.map(({ format }) => format.units)).toEqual([64, 64, 64, 64])
})

test('4-bit EIGER pixels become bytes, converted JUNGFRAU pixels floats', () => {
  expect(detectorModel(parseDetectorConfig({ ...eiger, bit_depth: 4 })).pixelType).toBe('u8')
  const jungfrau = {
    ...eiger,
    detector_type: 'jungfrau-converted',
    n_modules: 1,
    module_positions: {},
    image_pixel_width: 1024,
    image_pixel_height: 512,
  }
  expect(detectorModel(parseDetectorConfig(jungfrau)).pixelType).toBe('f32')
})

test('a detector that is not received here and modules without a place are refused', () => {
  expect(() => detectorModel(parseDetectorConfig({ ...eiger, detector_type: 'pilatus' }))).toThrow(
    /detector_type/,
  )
  expect(() => detectorModel(parseDetectorConfig({ ...eiger, module_positions: {} }))).toThrow(
    /module_positions/,
  )
  expect(() => detectorModel(parseDetectorConfig({ ...eiger, bit_depth: 12 }))).toThrow(/bit_depth/)
})
