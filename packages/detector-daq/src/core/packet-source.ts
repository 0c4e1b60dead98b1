import type { DetectorModel, DetectorPort } from './detector-model.ts'
import type { DetectorConfig } from './detector-config.ts'
import {
  gigafrostGeometry,
  gigafrostHeaderBytes,
  writeGigafrostHeader,
  type GigafrostGeometry,
} from './gigafrost-packet.ts'
import { slsHeaderBytes, writeSlsHeader } from './sls-packet.ts'

/** Fills `into` with the raw values of one row of a port's picture. */
export type RowPattern = (place: { readonly port: number; readonly row: number }, into: Float64Array) => void

/** Makes the packets that a detector would send. */
export interface PacketSource {
  /** Packets of one port for one image, in order. Fresh copies. */
  packets(port: DetectorPort, image: number): Uint8Array<ArrayBuffer>[]
}

const detectorTypes = { eg: 1, jf: 3, gf: 0, none: 5 } as const

/** Raw bytes of a port's picture, packed as the detector packs them. */
function packPicture(port: DetectorPort, pattern: RowPattern): Uint8Array {
  const { rows, columns, rowBytes } = port.format
  const bits = (rowBytes * 8) / columns
  const bytes = new Uint8Array(rows * rowBytes)
  const values = new Float64Array(columns)
  for (let row = 0; row < rows; row += 1) {
    pattern({ port: port.index, row }, values)
    packRow(bytes, { values, bits, first: row * columns })
  }
  return bytes
}

function packRow(
  bytes: Uint8Array,
  row: { readonly values: Float64Array; readonly bits: number; readonly first: number },
): void {
  const { values, bits, first } = row
  const view = new DataView(bytes.buffer)
  for (let column = 0; column < values.length; column += 1) {
    const value = values[column] ?? 0
    const pixel = first + column
    if (bits === 16) view.setUint16(pixel * 2, value, true)
    else if (bits === 32) view.setUint32(pixel * 4, value, true)
    else if (bits === 8) view.setUint8(pixel, value)
    else if (bits === 4)
      bytes[pixel >> 1] = (bytes[pixel >> 1] ?? 0) | ((value & 0x0f) << (pixel % 2 === 0 ? 0 : 4))
    else pack12(bytes, pixel, value)
  }
}

function pack12(bytes: Uint8Array, pixel: number, value: number): void {
  const at = (pixel >> 1) * 3
  if (pixel % 2 === 0) {
    bytes[at] = value & 0xff
    bytes[at + 1] = ((bytes[at + 1] ?? 0) & 0xf0) | ((value >> 8) & 0x0f)
    return
  }
  bytes[at + 1] = ((bytes[at + 1] ?? 0) & 0x0f) | ((value & 0x0f) << 4)
  bytes[at + 2] = (value >> 4) & 0xff
}

function slsPackets(port: DetectorPort, picture: Uint8Array, header: SlsHeader): Uint8Array<ArrayBuffer>[] {
  const { units } = port.format
  const dataBytes = picture.length / units
  return Array.from({ length: units }, (_, packet) => {
    const bytes = new Uint8Array(slsHeaderBytes + dataBytes)
    writeSlsHeader(new DataView(bytes.buffer), 0, { ...header, packet })
    bytes.set(picture.subarray(packet * dataBytes, (packet + 1) * dataBytes), slsHeaderBytes)
    return bytes
  })
}

type SlsHeader = Omit<Parameters<typeof writeSlsHeader>[2], 'packet'>

function gigafrostPackets(
  port: DetectorPort,
  picture: Uint8Array,
  header: { readonly geometry: GigafrostGeometry; readonly frame: number },
): Uint8Array<ArrayBuffer>[] {
  const { geometry } = header
  const { rowBytes } = port.format
  return Array.from({ length: geometry.packets }, (_, packet) => {
    const firstRow = packet * geometry.rowsPerPacket
    const isLast = packet === geometry.packets - 1
    const rows = isLast ? geometry.lastRows : geometry.rowsPerPacket
    const bytes = new Uint8Array(
      gigafrostHeaderBytes + (isLast ? geometry.lastPacketBytes : geometry.packetBytes),
    )
    writeGigafrostHeader(new DataView(bytes.buffer), 0, { ...header, firstRow, module: port.index })
    bytes.set(picture.subarray(firstRow * rowBytes, (firstRow + rows) * rowBytes), gigafrostHeaderBytes)
    return bytes
  })
}

/**
 * Packets of a simulated detector. Pictures repeat after `pictures` images (default 8), so that they are drawn once.
 * `pulseId` puts the image id where JUNGFRAU has its pulse id, as a double.
 */
export function packetSource(options: {
  readonly config: DetectorConfig
  readonly model: DetectorModel
  readonly pattern: (image: number) => RowPattern
  readonly pictures?: number
  readonly pulseId?: (image: number) => number
}): PacketSource {
  const { model, config } = options
  const period = options.pictures ?? 8
  const drawn = new Map<string, Uint8Array>()
  const geometry =
    model.metadata === 'gf'
      ? gigafrostGeometry(config.image_pixel_width, config.image_pixel_height)
      : undefined
  const picture = (port: DetectorPort, image: number): Uint8Array => {
    const key = `${port.index}:${image % period}`
    const known = drawn.get(key)
    if (known !== undefined) return known
    const fresh = packPicture(port, options.pattern(image % period))
    drawn.set(key, fresh)
    return fresh
  }
  return {
    packets(port, image) {
      const bytes = picture(port, image)
      if (geometry !== undefined) return gigafrostPackets(port, bytes, { geometry, frame: image })
      const pulse =
        options.pulseId === undefined
          ? {}
          : { pulse: { encoding: 'double' as const, id: options.pulseId(image) } }
      return slsPackets(port, bytes, {
        frame: image,
        detectorType: detectorTypes[model.metadata],
        moduleId: port.module,
        row: port.module >> 1,
        column: port.module & 1,
        ...pulse,
      })
    },
  }
}

/** Counts up over the module: every pixel differs from its neighbours, and pictures differ from each other. */
export function rampPattern(bitDepth: number): (image: number) => RowPattern {
  const mask = bitDepth >= 32 ? 0xffff_ffff : 2 ** bitDepth - 1
  return (image) =>
    ({ port, row }, into) => {
      const from = row * 1_031 + port * 131 + image * 17
      for (let column = 0; column < into.length; column += 1)
        into[column] = ((from + column * 7) & mask) >>> 0
    }
}

/** A round spot with rings that wanders over a noisy background, as of a beam on the detector. */
export function spotPattern(size: {
  readonly rows: number
  readonly columns: number
  readonly pictures: number
}): (image: number) => RowPattern {
  return (image) => {
    const angle = (2 * Math.PI * image) / size.pictures
    const centreX = size.columns * (0.5 + 0.2 * Math.cos(angle))
    const centreY = size.rows * (0.5 + 0.2 * Math.sin(angle))
    const width = 2 * (size.columns / 24) ** 2
    let state = (image * 2_654_435_761 + 12_345) >>> 0
    return ({ row }, into) => {
      for (let column = 0; column < into.length; column += 1) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        const distance = (column - centreX) ** 2 + (row - centreY) ** 2
        const rings = 120 * (1 + Math.cos(Math.sqrt(distance) / 9)) * Math.exp(-distance / (12 * width))
        into[column] = Math.round(100 + (state >>> 26) + rings + 3_000 * Math.exp(-distance / width))
      }
    }
  }
}
