import { isAbsolute, join } from 'node:path'
import type { SectionValues } from '@beamtime/service-kit'
import type { daqConfig } from '../config.ts'
import { parseDetectorConfig, type DetectorConfig } from '../core/detector-config.ts'
import type { PacketFaults } from '../core/packet-faults.ts'
import { DaqError } from '../error.ts'
import { defaultPipelineOptions, type PipelineOptions } from '../pipeline/pipeline-options.ts'
import type { CalibrationFiles } from '../pixels/calibration-file.ts'

export type DaqValues = SectionValues<typeof daqConfig>

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Everything a DAQ service needs, out of its table of the configuration file. */
export interface DaqSettings {
  readonly detector: DetectorConfig
  readonly pipeline: Omit<PipelineOptions, 'corrections'>
  readonly calibration: CalibrationFiles
  readonly rest: ListenAddress | undefined
  readonly websocket: ListenAddress | undefined
  /** Empty = none. */
  readonly redis: string
  readonly rabbitmq: { readonly url: string; readonly tags: readonly string[] }
  /** Where files go that name no folder. */
  readonly directory: string
  /** Layout that wins over what a face asks for. */
  readonly layout: 'nexus' | undefined
  /** Write <prefix>Meta.h5 beside interleaved files. */
  readonly metaFile: boolean
  readonly simulator: {
    readonly enabled: boolean
    readonly autoStart: boolean
    readonly rateHz: number
    readonly faults: PacketFaults
  }
}

type Table = Readonly<Record<string, unknown>>

function refuse(key: string, message: string): DaqError {
  return new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `${key}: ${message}`,
    fault: 'caller',
    remedy: `Correct ${key}.`,
    key,
  })
}

function listenAddress(key: string, text: string): ListenAddress | undefined {
  if (text === '') return undefined
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d+)$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) throw refuse(key, `"${text}" is not HOST:PORT`)
  return { host: match[1] ?? match[2] ?? '', port }
}

/** A value of a table; the first choice is the default. */
function choice<T extends string>(table: Table, key: string, choices: readonly T[]): T {
  const name = key.slice(key.indexOf('.') + 1)
  const value = table[name] ?? choices[0]
  const found = choices.find((candidate) => candidate === value)
  if (found === undefined) throw refuse(key, `${JSON.stringify(value)} is not one of ${choices.join(', ')}`)
  return found
}

function numberIn(table: Table, key: string, bounds: { default: number; min: number; max: number }): number {
  const name = key.slice(key.indexOf('.') + 1)
  const value = table[name] ?? bounds.default
  if (typeof value !== 'number' || value < bounds.min || value > bounds.max)
    throw refuse(key, `${JSON.stringify(value)} is not a number from ${bounds.min} to ${bounds.max}`)
  return value
}

function flagIn(table: Table, key: string): boolean {
  const value = table[key.slice(key.indexOf('.') + 1)] ?? false
  if (typeof value !== 'boolean') throw refuse(key, `${JSON.stringify(value)} is not true or false`)
  return value
}

function textIn(table: Table, key: string, standard: string): string {
  const value = table[key.slice(key.indexOf('.') + 1)] ?? standard
  if (typeof value !== 'string') throw refuse(key, `${JSON.stringify(value)} is not text`)
  return value
}

function tagsIn(table: Table): readonly string[] {
  const value = table['tags'] ?? []
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string' && tag !== ''))
    return value.map(String)
  throw refuse('rabbitmq.tags', `${JSON.stringify(value)} is not a list of routing keys`)
}

function addressesIn(table: Table, key: string): readonly string[] {
  const value = table[key.slice(key.indexOf('.') + 1)] ?? []
  const list: readonly unknown[] = Array.isArray(value) ? value : value === '' ? [] : [value]
  if (!list.every((each): each is string => typeof each === 'string'))
    throw refuse(key, `${JSON.stringify(value)} is no address and no list of them`)
  return list
}

function missingValue(value: unknown): number {
  if (value === 'nan') return Number.NaN
  if (typeof value === 'number') return value
  throw refuse('missing_value', `${JSON.stringify(value)} is neither a number nor "nan"`)
}

function rotation(value: unknown): number | readonly number[] {
  const isQuarter = (each: unknown): each is number => typeof each === 'number' && [0, 1, 2, 3].includes(each)
  if (isQuarter(value)) return value
  if (Array.isArray(value) && value.every(isQuarter)) return value
  throw refuse('module_rotation', `${JSON.stringify(value)} is neither 0 to 3 nor a list of them`)
}

const detectorKeys = [
  'detector_type',
  'n_modules',
  'bit_depth',
  'image_pixel_height',
  'image_pixel_width',
  'start_udp_port',
  'module_positions',
  'writer_user_id',
  'submodule_info',
  'log_level',
  'stats_collection_period',
  'ram_buffer_gb',
  'max_number_of_forwarders_spawned',
  'use_all_forwarders',
  'sender_sends_full_images',
  'module_sync_queue_size',
  'number_of_writers',
  'gpfs_block_size',
  'delay_filter_timeout',
  'switch_user_active',
  'live_stream_configs',
] as const satisfies readonly (keyof DaqValues)[]

/** The detector's own configuration out of its table. `name` is the table's. */
export function detectorConfigOf(name: string, values: DaqValues): DetectorConfig {
  const raw = Object.fromEntries(
    detectorKeys.map((key) => [key, values[key] === '' ? undefined : values[key]] as const),
  )
  return parseDetectorConfig({ ...raw, detector_name: values.detector_name || name })
}

/** Reads a table `[daq.NAME]`. Throws DAQ_CONFIG_INVALID that names the key. */
export function daqSettings(
  name: string,
  values: DaqValues,
  places: { readonly dataDir: string; readonly resolvePath?: (path: string) => string },
): DaqSettings {
  const detector = detectorConfigOf(name, values)
  const resolve = (path: string): string => {
    const filled = path.replace('%D', places.dataDir)
    if (filled === '' || isAbsolute(filled)) return filled
    return places.resolvePath?.(filled) ?? join(places.dataDir, filled)
  }
  const { ram_buffer: ring, writer, stream, compat, gigafrost, simulator } = values
  const fraction = (key: string): number =>
    numberIn(simulator, `simulator.${key}`, { default: 0, min: 0, max: 1 })
  return {
    detector,
    pipeline: {
      ...defaultPipelineOptions,
      udpHost: values.udp_host ?? '0.0.0.0',
      receiver: values.receiver,
      rcvbufBytes: values.rcvbuf_bytes,
      receiverThreads: values.receiver_threads,
      pulseIdEncoding: values.pulse_id_encoding,
      openFrames: values.open_frames,
      frameTimeoutMs: values.frame_timeout_ms,
      missingValue: missingValue(values.missing_value),
      resetWindow: values.reset_window,
      syncTimeoutMs: values.sync_timeout_ms,
      publishIncomplete: values.publish_incomplete,
      maskValue: values.mask_value === 'zero' ? 'zero' : 'nan',
      moduleRotation: rotation(values.module_rotation),
      gapPixels: values.gap_pixels,
      doNotStoreBit: numberIn(gigafrost, 'gigafrost.do_not_store_bit', { default: 0, min: 0, max: 15 }),
      statusEnum: choice(compat, 'compat.status_enum', ['g3', 'g2']),
      compression: choice(writer, 'writer.compression', ['none', 'bslz4']),
      extraHeader: flagIn(stream, 'stream.extra_header'),
      pedestalFile: values.pedestal_file ?? '',
      gainFile: values.gain_file ?? '',
      mirror: choice(ring, 'ram_buffer.export', ['on-demand', 'off', 'always']),
      shmDirectory: textIn(ring, 'ram_buffer.shm_directory', '/dev/shm'),
      ipcDirectory: textIn(stream, 'stream.ipc_directory', '/tmp'),
      cleanup: flagIn(ring, 'ram_buffer.cleanup'),
      ringBytes: numberIn(ring, 'ram_buffer.ring_mb', { default: 0, min: 0, max: 3_800 }) * 1_000_000,
      sendAddress: textIn(stream, 'stream.send_address', ''),
      receiveAddresses: addressesIn(stream, 'stream.receive_address'),
      addonFolder: join(places.dataDir, 'state', 'native'),
    },
    calibration: {
      gains_and_pedestals: resolve(values.gains_and_pedestals ?? ''),
      gain_file: resolve(values.gain_file ?? ''),
      pedestal_file: resolve(values.pedestal_file ?? ''),
      pixel_mask_file: resolve(values.pixel_mask_file ?? ''),
      dark_flat_file: resolve(values.dark_flat_file ?? ''),
    },
    rest: listenAddress('rest', values.rest ?? ''),
    websocket: listenAddress('websocket', values.websocket ?? ''),
    redis: values.redis ?? '',
    rabbitmq: { url: textIn(values.rabbitmq, 'rabbitmq.url', ''), tags: tagsIn(values.rabbitmq) },
    directory: resolve(textIn(writer, 'writer.directory', `%D/frames/${name}`)),
    metaFile: flagIn(values.h5, 'h5.meta_file'),
    layout: choice(values.h5, 'h5.layout', ['', 'nexus']) === 'nexus' ? 'nexus' : undefined,
    simulator: {
      enabled: flagIn(simulator, 'simulator.enabled'),
      autoStart: flagIn(simulator, 'simulator.auto_start'),
      rateHz: numberIn(simulator, 'simulator.rate_hz', { default: 10, min: 0.001, max: 100_000 }),
      faults: {
        drop: fraction('drop'),
        dup: fraction('dup'),
        reorder: fraction('reorder'),
        late: fraction('late'),
        gap: fraction('gap'),
      },
    },
  }
}
