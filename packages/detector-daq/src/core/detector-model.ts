import { DaqError } from '../error.ts'
import type { DetectorConfig } from './detector-config.ts'
import { gigafrostFormat, gigafrostGeometry } from './gigafrost-packet.ts'
import type { PixelType } from './image-metadata.ts'
import { pixelBytes } from './image-metadata.ts'
import {
  eigerSegments,
  gigafrostSegments,
  jungfrauSegments,
  plainSegments,
  type ModulePosition,
  type Segment,
} from './module-geometry.ts'
import type { PacketFormat } from './packet.ts'
import { slsFormat, slsPorts, type PulseIdEncoding, type SlsPort } from './sls-packet.ts'

/** One UDP port: the packets of one module. */
export interface DetectorPort {
  /** 0-based; the UDP port is `start_udp_port + index`. */
  readonly index: number
  /** The module of the image that it belongs to. */
  readonly module: number
  readonly format: PacketFormat
  readonly segments: readonly Segment[]
  /** By how much frame numbers grow; GIGAFROST ports take turns. */
  readonly frameStep: number
  /** Which of the groups of ports that take turns it belongs to. */
  readonly turn: number
}

/** How raw pixels become pixels of the image. */
export type PixelTransform = 'none' | 'unpack12' | 'unpack4' | 'jungfrau'

export type MetadataKind = 'gf' | 'jf' | 'eg' | 'none'

/** All that follows from the detector's configuration: ports, places of the modules, the image. */
export interface DetectorModel {
  readonly name: string
  readonly ports: readonly DetectorPort[]
  readonly modules: number
  readonly activeModules: readonly number[]
  readonly width: number
  readonly height: number
  readonly pixelType: PixelType
  /** Bytes of one image. */
  readonly imageBytes: number
  /** Pixels as the packets carry them, after unpacking. */
  readonly rawPixelBytes: 1 | 2 | 4
  readonly transform: PixelTransform
  readonly metadata: MetadataKind
}

export interface ModelOptions {
  readonly pulseIdEncoding?: PulseIdEncoding
  /** Quarters counter-clockwise, for all modules or by module. */
  readonly moduleRotation?: number | readonly number[]
  readonly gapPixels?: number
  /** A flat field makes float32 of every pixel. */
  readonly hasFlat?: boolean
}

function refuse(key: string, message: string, remedy: string): DaqError {
  return new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `${key}: ${message}`,
    fault: 'caller',
    remedy,
    key,
  })
}

function positionsOf(
  config: DetectorConfig,
): readonly { module: number; key: string; position: ModulePosition }[] {
  const { module_positions: positions, n_modules: modules } = config
  const entries = Object.entries(positions).map(([id, position]) => {
    const module = Number(id)
    if (!Number.isInteger(module) || module < 0 || module >= modules)
      throw refuse(`module_positions.${id}`, `no such module`, `Modules are 0 to ${modules - 1}.`)
    return { module, key: `module_positions.${id}`, position }
  })
  if (entries.length > 0) return entries.toSorted((a, b) => a.module - b.module)
  if (modules !== 1)
    throw refuse('module_positions', 'is empty', `Give the place of each of the ${modules} modules.`)
  const whole = [0, 0, config.image_pixel_width - 1, config.image_pixel_height - 1] as const
  return [{ module: 0, key: 'module_positions', position: whole }]
}

function checkDepth(config: DetectorConfig, allowed: readonly number[]): void {
  if (!allowed.includes(config.bit_depth))
    throw refuse('bit_depth', `${config.bit_depth} is not possible`, `Choose one of ${allowed.join(', ')}.`)
}

type Kind = Pick<DetectorModel, 'transform' | 'metadata' | 'pixelType' | 'rawPixelBytes'>

const integerType = { 4: 'u8', 8: 'u8', 16: 'u16', 32: 'u32' } as const

function integer(bitDepth: number): Pick<Kind, 'pixelType' | 'rawPixelBytes'> {
  const type = integerType[bitDepth as keyof typeof integerType] ?? 'u16'
  return { pixelType: type, rawPixelBytes: pixelBytes[type] }
}

function eiger(config: DetectorConfig): Kind & { ports: DetectorPort[] } {
  checkDepth(config, [4, 8, 16, 32])
  const format = slsFormat({ name: 'eiger', port: slsPorts.eiger, bitDepth: config.bit_depth })
  const image = { width: config.image_pixel_width, height: config.image_pixel_height }
  const ports = positionsOf(config).map(({ module, key, position }) => ({
    index: module,
    module,
    format,
    segments: eigerSegments(key, position, image),
    frameStep: 1,
    turn: 0,
  }))
  const transform = config.bit_depth === 4 ? ('unpack4' as const) : ('none' as const)
  return { ports, transform, metadata: 'eg', ...integer(config.bit_depth) }
}

function jungfrau(config: DetectorConfig, options: ModelOptions): Kind & { ports: DetectorPort[] } {
  checkDepth(config, config.detector_type === 'jungfrau-converted' ? [16, 32] : [16])
  const { pulseIdEncoding = 'auto', moduleRotation = 0, gapPixels = 0 } = options
  const format = slsFormat({ name: 'jungfrau', port: slsPorts.jungfrau, bitDepth: 16, pulseIdEncoding })
  const ports = positionsOf(config).map(({ module, key, position }) => ({
    index: module,
    module,
    format,
    segments: jungfrauSegments(key, position, {
      width: config.image_pixel_width,
      height: config.image_pixel_height,
      rotation: typeof moduleRotation === 'number' ? moduleRotation : (moduleRotation[module] ?? 0),
      gap: gapPixels,
    }),
    frameStep: 1,
    turn: 0,
  }))
  const isConverted = config.detector_type === 'jungfrau-converted'
  return {
    ports,
    transform: isConverted ? 'jungfrau' : 'none',
    metadata: 'jf',
    pixelType: isConverted ? 'f32' : 'u16',
    rawPixelBytes: 2,
  }
}

function gigafrost(config: DetectorConfig): Kind & { ports: DetectorPort[] } {
  const { image_pixel_width: width, image_pixel_height: height } = config
  if (width < 48 || width % 24 !== 0 || width > 2016)
    throw refuse('image_pixel_width', `${width} is not possible`, 'A multiple of 24 from 48 to 2016.')
  if (height < 4 || height % 4 !== 0 || height > 2016)
    throw refuse('image_pixel_height', `${height} is not possible`, 'A multiple of 4 from 4 to 2016.')
  const format = gigafrostFormat(gigafrostGeometry(width, height))
  const ports = Array.from({ length: 16 }, (_, index) => ({
    index,
    module: index % 8,
    format,
    segments: gigafrostSegments(index, { width, height }),
    frameStep: 2,
    turn: index >> 3,
  }))
  return { ports, transform: 'unpack12', metadata: 'gf', pixelType: 'u16', rawPixelBytes: 2 }
}

/** Detectors whose ports are rows of pixels without gaps. */
function plain(config: DetectorConfig, port: SlsPort): Kind & { ports: DetectorPort[] } {
  checkDepth(config, [16])
  const format = slsFormat({ name: config.detector_type, port, bitDepth: 16 })
  const image = { width: config.image_pixel_width, height: config.image_pixel_height }
  const ports = positionsOf(config).map(({ module, key, position }) => ({
    index: module,
    module,
    format,
    segments: plainSegments(key, position, { ...image, columns: port.columns, rows: port.rows }),
    frameStep: 1,
    turn: 0,
  }))
  return { ports, transform: 'none', metadata: 'none', ...integer(16) }
}

/** The kinds of detectors that we receive, by `detector_type`. */
const kinds: Readonly<
  Record<string, (config: DetectorConfig, options: ModelOptions) => Kind & { ports: DetectorPort[] }>
> = {
  eiger,
  jungfrau,
  'jungfrau-raw': jungfrau,
  'jungfrau-converted': jungfrau,
  gigafrost,
  moench: (config) => plain(config, slsPorts.moench),
  gotthard2: (config) => plain(config, slsPorts.gotthard2),
}

/** Values of `detector_type` that can be received over UDP. */
export const detectorTypes: readonly string[] = Object.keys(kinds)

/** Works out ports, places and the image. Throws DAQ_CONFIG_INVALID with the key. */
export function detectorModel(config: DetectorConfig, options: ModelOptions = {}): DetectorModel {
  const kind = kinds[config.detector_type]
  if (kind === undefined)
    throw refuse(
      'detector_type',
      `"${config.detector_type}" is not a detector that is received here`,
      `Choose one of ${detectorTypes.join(', ')}.`,
    )
  const { ports, pixelType: rawType, ...rest } = kind(config, options)
  const pixelType = options.hasFlat === true ? 'f32' : rawType
  const { image_pixel_width: width, image_pixel_height: height } = config
  return {
    name: config.detector_name,
    ports,
    modules: config.detector_type === 'gigafrost' ? 8 : config.n_modules,
    activeModules: [...new Set(ports.map((port) => port.module))],
    width,
    height,
    pixelType,
    imageBytes: width * height * pixelBytes[pixelType],
    ...rest,
  }
}
