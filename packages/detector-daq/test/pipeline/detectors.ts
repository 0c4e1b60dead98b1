import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDetectorConfig, type DetectorConfig } from '../../src/core/detector-config.ts'
import { defaultPipelineOptions, type PipelineOptions } from '../../src/pipeline/pipeline-options.ts'

/** Options for tests: loopback, no sockets or files outside. */
export const testOptions: PipelineOptions = {
  ...defaultPipelineOptions,
  udpHost: '127.0.0.1',
  mirror: 'off',
  ipcDirectory: '',
  rcvbufBytes: 4_194_304,
  // Long, so that a busy machine does not look like a network that loses packets.
  frameTimeoutMs: 1_000,
  // Longer than a frame may take: the last frame of a module is closed by its time-out.
  syncTimeoutMs: 15_000,
  receiver: 'dgram',
}

/** Where tests of all runs share the compiled addon. */
export const addonFolder = join(tmpdir(), `beamtime-daq-addon-${process.getuid?.() ?? 0}`)

function config(more: Partial<Record<keyof DetectorConfig, unknown>>): DetectorConfig {
  return parseDetectorConfig({ detector_name: 'det', start_udp_port: 0, ...more })
}

export const jungfrau = config({
  detector_type: 'jungfrau-raw',
  n_modules: 2,
  bit_depth: 16,
  image_pixel_width: 1024,
  image_pixel_height: 1024,
  module_positions: { '0': [0, 0, 1023, 511], '1': [0, 512, 1023, 1023] },
})

export const eiger = config({
  detector_type: 'eiger',
  n_modules: 4,
  bit_depth: 16,
  image_pixel_width: 1030,
  image_pixel_height: 514,
  module_positions: {
    '0': [0, 0, 513, 255],
    '1': [516, 0, 1029, 255],
    '2': [0, 513, 513, 258],
    '3': [516, 513, 1029, 258],
  },
})

export const gigafrost = config({
  detector_type: 'gigafrost',
  n_modules: 8,
  bit_depth: 16,
  image_pixel_width: 480,
  image_pixel_height: 128,
  module_positions: {},
})
