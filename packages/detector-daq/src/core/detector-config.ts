import { DaqError } from '../error.ts'
import { isLiveFormat, liveFormats, type LiveFormat, type LiveSelection } from './live-selection.ts'
import type { ModulePosition } from './module-geometry.ts'

/** The detector's configuration as every client sees it; names of the wire (daq contract 11). */
export interface DetectorConfig {
  readonly detector_name: string
  readonly detector_type: string
  readonly n_modules: number
  readonly bit_depth: number
  readonly image_pixel_height: number
  readonly image_pixel_width: number
  readonly start_udp_port: number
  readonly module_positions: Readonly<Record<string, ModulePosition>>
  readonly writer_user_id: number
  readonly submodule_info: unknown
  readonly log_level: string
  readonly stats_collection_period: number
  readonly ram_buffer_gb: number
  readonly max_number_of_forwarders_spawned: number
  readonly use_all_forwarders: boolean
  readonly sender_sends_full_images: boolean
  readonly module_sync_queue_size: number
  readonly number_of_writers: number
  readonly gpfs_block_size: number
  readonly delay_filter_timeout: number
  readonly switch_user_active: boolean
  readonly live_stream_configs: Readonly<Record<string, LiveStreamConfig>>
}

export interface LiveStreamConfig {
  readonly type: string
  readonly config?: readonly number[]
  /** Form of the messages. Default array-1.0. */
  readonly format?: string
}

type Json = Readonly<Record<string, unknown>>

const required = [
  'detector_name',
  'detector_type',
  'n_modules',
  'bit_depth',
  'image_pixel_height',
  'image_pixel_width',
  'start_udp_port',
  'module_positions',
] as const

const defaults = {
  writer_user_id: -1,
  submodule_info: {},
  log_level: 'info',
  stats_collection_period: 10,
  ram_buffer_gb: 0,
  max_number_of_forwarders_spawned: 8,
  use_all_forwarders: false,
  sender_sends_full_images: false,
  module_sync_queue_size: 50,
  number_of_writers: 0,
  gpfs_block_size: 16_777_216,
  delay_filter_timeout: 10,
  switch_user_active: false,
  live_stream_configs: {},
} as const

/** Ranges of the whole numbers. */
const ranges = {
  n_modules: [1, 128],
  bit_depth: [1, 64],
  image_pixel_height: [1, 65_536],
  image_pixel_width: [1, 65_536],
  start_udp_port: [0, 65_535],
  writer_user_id: [-1, 2 ** 32],
  ram_buffer_gb: [0, 4_096],
  max_number_of_forwarders_spawned: [1, 1_024],
  module_sync_queue_size: [1, 1_000_000],
  number_of_writers: [0, 64],
  gpfs_block_size: [4_096, 2 ** 32],
} as const satisfies Partial<Record<keyof DetectorConfig, readonly [number, number]>>

function refuse(key: string, message: string, remedy: string): DaqError {
  return new DaqError({ code: 'DAQ_CONFIG_INVALID', message, fault: 'caller', remedy, key })
}

function isTable(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whole numbers may come as text: published configurations hold both. */
function wholeNumber(key: keyof typeof ranges, value: unknown): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  const [low, high] = ranges[key]
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high)
    throw refuse(
      key,
      `${key}: ${JSON.stringify(value)} is not a whole number from ${low} to ${high}`,
      `Correct ${key}.`,
    )
  return number
}

function positive(key: string, value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    throw refuse(key, `${key}: ${JSON.stringify(value)} is not a number of seconds`, `Correct ${key}.`)
  return number
}

function flag(key: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw refuse(key, `${key}: ${JSON.stringify(value)} is not true or false`, `Correct ${key}.`)
}

function name(key: string, value: unknown): string {
  // The name is part of file and socket names.
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value
  throw refuse(
    key,
    `${key}: ${JSON.stringify(value)} is not a name`,
    'Use up to 64 letters, digits, dots, minus and underscores.',
  )
}

function position(key: string, value: unknown): ModulePosition {
  const list = isTable(value) ? [value['start_x'], value['start_y'], value['end_x'], value['end_y']] : value
  if (Array.isArray(list) && list.length === 4) {
    const [a, b, c, d] = list.map((entry) => (typeof entry === 'string' ? Number(entry) : (entry as unknown)))
    if ([a, b, c, d].every((entry) => Number.isInteger(entry)))
      return [Number(a), Number(b), Number(c), Number(d)]
  }
  throw refuse(
    key,
    `${key}: ${JSON.stringify(value)} is not [start_x, start_y, end_x, end_y]`,
    `Correct ${key}.`,
  )
}

function positions(value: unknown): Readonly<Record<string, ModulePosition>> {
  if (!isTable(value))
    throw refuse('module_positions', 'module_positions is not an object', 'Give a place for each module id.')
  return Object.fromEntries(
    Object.entries(value).map(([id, entry]) => [id, position(`module_positions.${id}`, entry)]),
  )
}

/** The rule of one live stream. Throws DAQ_CONFIG_INVALID with its key. */
export function liveSelection(address: string, config: LiveStreamConfig): LiveSelection {
  const key = `live_stream_configs.${address}`
  const [first, second] = config.config ?? []
  const isCount = (value: number | undefined): value is number => typeof value === 'number' && value > 0
  if (config.format !== undefined && !isLiveFormat(config.format))
    throw refuse(
      key,
      `${key}: "${config.format}" is no form of a stream`,
      `Choose one of ${liveFormats.join(', ')}.`,
    )
  // The name of a form in place of a rule sends all images, or so many so often.
  const rule = isLiveFormat(config.type)
    ? config.config === undefined
      ? 'forward'
      : 'periodic'
    : config.type
  switch (rule) {
    case 'forward':
      return { type: 'forward' }
    case 'batch':
      if (isCount(first) && isCount(second)) return { type: 'batch', count: first, period: second }
      break
    case 'periodic':
      if (isCount(first) && isCount(second)) return { type: 'periodic', count: first, rateHz: second }
      break
  }
  throw refuse(
    key,
    `${key}: ${JSON.stringify(config)} is no rule for a stream`,
    'Use {"type": "forward"}, {"type": "batch", "config": [n, m]} or {"type": "periodic", "config": [n, hz]}.',
  )
}

/** The form of one live stream. */
export function liveFormatOf(config: LiveStreamConfig): LiveFormat {
  if (isLiveFormat(config.type)) return config.type
  return isLiveFormat(config.format) ? config.format : 'array-1.0'
}

function liveStreams(value: unknown): Readonly<Record<string, LiveStreamConfig>> {
  if (!isTable(value))
    throw refuse(
      'live_stream_configs',
      'live_stream_configs is not an object',
      'Give a rule for each address.',
    )
  return Object.fromEntries(
    Object.entries(value).map(([address, entry]) => {
      if (!isTable(entry) || typeof entry['type'] !== 'string' || !/^(tcp|ipc):\/\/.+/.test(address))
        throw refuse(
          `live_stream_configs.${address}`,
          `live_stream_configs.${address} is no stream`,
          'Give {"tcp://ADDRESS:PORT": {"type": ..., "config": [...]}}.',
        )
      const numbers = Array.isArray(entry['config']) ? entry['config'].map(Number) : undefined
      const format = entry['format']
      const config = {
        type: entry['type'],
        ...(numbers === undefined ? {} : { config: numbers }),
        ...(format === undefined ? {} : { format: typeof format === 'string' ? format : '' }),
      }
      liveSelection(address, config)
      return [address, config]
    }),
  )
}

/**
 * Checks a detector configuration and fills in the defaults; keys that are not known are kept. Throws DAQ_CONFIG_INVALID that names
 * the key.
 */
export function parseDetectorConfig(raw: unknown): DetectorConfig {
  if (!isTable(raw)) throw refuse('', 'the detector configuration is not an object', 'Give a JSON object.')
  for (const key of required) {
    if (raw[key] === undefined || raw[key] === null)
      throw refuse(key, `Detector json file is missing parameter: "${key}"`, `Add ${key}.`)
  }
  const given = Object.fromEntries(
    Object.entries(raw).filter(([, value]) => value !== null && value !== undefined),
  )
  const all: Json = { ...defaults, ...given }
  const numbers = Object.fromEntries(
    (Object.keys(ranges) as (keyof typeof ranges)[]).map((key) => [key, wholeNumber(key, all[key])]),
  ) as Record<keyof typeof ranges, number>
  return {
    ...all,
    ...numbers,
    detector_name: name('detector_name', all['detector_name']),
    detector_type: name('detector_type', all['detector_type']),
    module_positions: positions(all['module_positions']),
    submodule_info: all['submodule_info'],
    log_level: String(all['log_level']),
    stats_collection_period: positive('stats_collection_period', all['stats_collection_period']),
    delay_filter_timeout: positive('delay_filter_timeout', all['delay_filter_timeout']),
    use_all_forwarders: flag('use_all_forwarders', all['use_all_forwarders']),
    sender_sends_full_images: flag('sender_sends_full_images', all['sender_sends_full_images']),
    switch_user_active: flag('switch_user_active', all['switch_user_active']),
    live_stream_configs: liveStreams(all['live_stream_configs']),
  }
}

/** A partial update: what is absent or null stays. Throws DAQ_CONFIG_INVALID and changes nothing. */
export function updateDetectorConfig(current: DetectorConfig, changes: unknown): DetectorConfig {
  if (!isTable(changes)) throw refuse('', 'the changes are not an object', 'Give a JSON object.')
  const given = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== null && value !== undefined),
  )
  return parseDetectorConfig({ ...current, ...given })
}
