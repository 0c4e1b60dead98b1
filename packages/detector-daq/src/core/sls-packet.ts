import { largestId, type PacketFormat, type PacketHeader, type PacketPlace } from './packet.ts'

/* SLS detector header, 48 bytes, little endian (daq contract 1.1; slsDetectorPackage, sls_detector_defs.h)
 *   0 frameNumber U64   8 expLength U32   12 packetNumber U32   16 detSpec1 U64 (JUNGFRAU: bunch id)   24 timestamp U64 (100 ns)
 *   32 modId U16   34 row U16   36 column U16   38 detSpec2 U16   40 detSpec3 U32 (JUNGFRAU: DAQ info)   44 detSpec4 U16
 *   46 detType U8   47 version U8;   then the data of the packet */
export const slsHeaderBytes = 48

export type PulseIdEncoding = 'auto' | 'double' | 'uint64' | 'frame_number'

/** What one port of a detector sends. A detector of the family is added by a line here. */
export interface SlsPort {
  readonly columns: number
  readonly rows: number
  readonly dataBytes: number
}

/** Ports of the SLS detectors (10 GbE) by name. */
export const slsPorts = {
  jungfrau: { columns: 1024, rows: 512, dataBytes: 8192 },
  'jungfrau-2-interfaces': { columns: 1024, rows: 256, dataBytes: 8192 },
  eiger: { columns: 512, rows: 256, dataBytes: 4096 },
  'eiger-1gbe': { columns: 512, rows: 256, dataBytes: 1024 },
  moench: { columns: 400, rows: 400, dataBytes: 6400 },
  gotthard2: { columns: 1280, rows: 1, dataBytes: 2560 },
} as const satisfies Record<string, SlsPort>

/** Words of `PacketHeader.meta` of SLS packets. */
export const slsMeta = {
  daqInfo: 0,
  row: 1,
  column: 2,
  timestamp: 3,
  frameNumber: 4,
  expLength: 5,
  moduleId: 6,
} as const

const firstDoubleWord = 2 ** 20 // upper half of 2^52

/** The image id in offset 16 of a JUNGFRAU packet; -1 when it is none. */
function pulseId(view: DataView, at: number, rule: { encoding: PulseIdEncoding; frame: number }): number {
  const low = view.getUint32(at, true)
  const high = view.getUint32(at + 4, true)
  let encoding = rule.encoding
  if (encoding === 'auto') {
    encoding = low === 0 && high === 0 ? 'frame_number' : high >= firstDoubleWord ? 'double' : 'uint64'
  }
  switch (encoding) {
    case 'frame_number':
      return rule.frame
    case 'double': {
      const value = view.getFloat64(at, true)
      return value >= 0 && value <= largestId ? Math.trunc(value) : -1
    }
    case 'uint64': {
      const value = high * 4_294_967_296 + low
      return value <= largestId ? value : -1
    }
  }
}

/** The format of one port of an SLS detector. `pulseIdEncoding` is given for JUNGFRAU only: elsewhere the image id is the frame number. */
export function slsFormat(options: {
  readonly name: string
  readonly port: SlsPort
  readonly bitDepth: number
  readonly pulseIdEncoding?: PulseIdEncoding
}): PacketFormat {
  const { port, bitDepth, pulseIdEncoding } = options
  const rowBytes = (port.columns * bitDepth) / 8
  const units = (rowBytes * port.rows) / port.dataBytes
  const packetBytes = slsHeaderBytes + port.dataBytes
  const rule = { encoding: pulseIdEncoding ?? ('frame_number' as const), frame: 0 }
  function read(packet: PacketPlace, into: PacketHeader): boolean {
    if (packet.length !== packetBytes) return false
    const { view, at } = packet
    const frameHigh = view.getUint32(at + 4, true)
    const unit = view.getUint32(at + 12, true)
    if (frameHigh > 0x1f_ffff || unit >= units) return false
    const frame = frameHigh * 4_294_967_296 + view.getUint32(at, true)
    rule.frame = frame
    const image = pulseIdEncoding === undefined ? frame : pulseId(view, at + 16, rule)
    if (image < 0) return false
    into.frame = frame
    into.image = image
    into.firstUnit = unit
    into.units = 1
    into.dataOffset = slsHeaderBytes
    const { meta } = into
    meta[slsMeta.daqInfo] = view.getUint32(at + 40, true)
    meta[slsMeta.row] = view.getUint16(at + 34, true)
    meta[slsMeta.column] = view.getUint16(at + 36, true)
    meta[slsMeta.timestamp] = view.getUint32(at + 28, true) * 4_294_967_296 + view.getUint32(at + 24, true)
    meta[slsMeta.frameNumber] = frame
    meta[slsMeta.expLength] = view.getUint32(at + 8, true)
    meta[slsMeta.moduleId] = view.getUint16(at + 32, true)
    return true
  }
  return {
    name: options.name,
    units,
    packetsPerFrame: units,
    rowsPerUnit: port.rows / units,
    rows: port.rows,
    columns: port.columns,
    rowBytes,
    maxPacketBytes: packetBytes,
    read,
  }
}

/** Writes an SLS header; for simulators and tests. `pulse` is the word of offset 16. */
export function writeSlsHeader(
  view: DataView,
  at: number,
  header: {
    readonly frame: number
    readonly packet: number
    readonly pulse?: { readonly encoding: 'double' | 'uint64'; readonly id: number }
    readonly row?: number
    readonly column?: number
    readonly daqInfo?: number
    readonly moduleId?: number
    readonly detectorType: number
  },
): void {
  view.setBigUint64(at, BigInt(header.frame), true)
  view.setUint32(at + 8, 0, true)
  view.setUint32(at + 12, header.packet, true)
  if (header.pulse?.encoding === 'double') view.setFloat64(at + 16, header.pulse.id, true)
  else view.setBigUint64(at + 16, BigInt(header.pulse?.id ?? 0), true)
  view.setBigUint64(at + 24, 0n, true)
  view.setUint16(at + 32, header.moduleId ?? 0, true)
  view.setUint16(at + 34, header.row ?? 0, true)
  view.setUint16(at + 36, header.column ?? 0, true)
  view.setUint16(at + 38, 0, true)
  view.setUint32(at + 40, header.daqInfo ?? 0, true)
  view.setUint16(at + 44, 0, true)
  view.setUint8(at + 46, header.detectorType)
  view.setUint8(at + 47, 2)
}
