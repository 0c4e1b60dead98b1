import type { PacketFormat, PacketHeader, PacketPlace } from './packet.ts'

/* GIGAFROST packet, 32 bytes of header, little endian (daq contract 1.4; std_detector_buffer, gigafrost.hpp)
 *   0 protocol U8 (0xCB)   1 row length of the quadrant in blocks of 12 pixels U8   2 quadrant rows U8 (bit 0 doubles as SWAP)
 *   3 status U8: bits 7-6 quadrant, 5 link, 4-2 correction mode, 1-0 upper bits of the quadrant rows
 *   4 scan U32   8 frame index U32   12 image status U16   14 first row U16   16 timing U64: bits 0-39 timestamp, 40-63 exposure
 *   24 sync time U32   28 scan time U32;   then rows of 12-bit pixels */
export const gigafrostHeaderBytes = 32
export const gigafrostProtocol = 0xcb
const largestFrameIndex = 16_777_215
const dataBytesLimit = 7400

/** How the picture of one link is cut into packets. */
export interface GigafrostGeometry {
  /** Pixels and rows of one link: half of a quadrant's lines. */
  readonly columns: number
  readonly rows: number
  readonly rowsPerPacket: number
  readonly packetBytes: number
  readonly packets: number
  readonly lastRows: number
  readonly lastPacketBytes: number
  readonly lastStartRow: number
}

/** Data bytes of a packet of `rows` rows: 12 bits a pixel, with 36 bytes of padding for some odd counts. */
function dataBytes(columns: number, rows: number): number {
  return (columns * rows * 3) / 2 + (rows % 2 === 1 && columns % 48 !== 0 ? 36 : 0)
}

/** The geometry of an image of `width` x `height` pixels, in integer arithmetic; the order of the divisions matters. */
export function gigafrostGeometry(width: number, height: number): GigafrostGeometry {
  const columns = width / 2
  const rows = Math.floor(height / 4)
  const blocks = Math.floor(columns / 12)
  const cacheLines = Math.floor((Math.floor(dataBytesLimit / (36 * blocks)) * blocks) / 2)
  const rowsPerPacket = Math.min(Math.floor((cacheLines * 48) / columns), rows)
  const lastRows = rows % rowsPerPacket || rowsPerPacket
  return {
    columns,
    rows,
    rowsPerPacket,
    packetBytes: dataBytes(columns, rowsPerPacket),
    packets: Math.ceil(rows / rowsPerPacket),
    lastRows,
    lastPacketBytes: dataBytes(columns, lastRows),
    lastStartRow: rows - lastRows,
  }
}

/** Words of `PacketHeader.meta` of GIGAFROST packets. */
export const gigafrostMeta = {
  scanId: 0,
  scanTime: 1,
  syncTime: 2,
  timestamp: 3,
  exposure: 4,
  imageStatus: 5,
  status: 6,
  swap: 7,
} as const

/** The format of one of the 16 ports. Units are rows; a packet may hold any number of them. */
export function gigafrostFormat(geometry: GigafrostGeometry): PacketFormat {
  const { columns, rows } = geometry
  const rowBytes = (columns * 3) / 2
  const maxPacketBytes = gigafrostHeaderBytes + dataBytesLimit
  const blocks = Math.floor(columns / 12)
  // The usual sizes first: in very narrow images the padding is longer than a row.
  function rowsHeld(bytes: number): number {
    if (bytes === geometry.packetBytes) return geometry.rowsPerPacket
    if (bytes === geometry.lastPacketBytes) return geometry.lastRows
    return Math.floor(bytes / rowBytes)
  }
  function read(packet: PacketPlace, into: PacketHeader): boolean {
    const { view, at, length } = packet
    if (length <= gigafrostHeaderBytes || length > maxPacketBytes) return false
    if (view.getUint8(at) !== gigafrostProtocol || view.getUint8(at + 1) !== blocks) return false
    const frame = view.getUint32(at + 8, true)
    const firstRow = view.getUint16(at + 14, true)
    const held = rowsHeld(length - gigafrostHeaderBytes)
    if (frame > largestFrameIndex || held === 0 || firstRow + held > rows) return false
    into.frame = frame
    into.image = frame
    into.firstUnit = firstRow
    into.units = held
    into.dataOffset = gigafrostHeaderBytes
    const { meta } = into
    meta[gigafrostMeta.scanId] = view.getUint32(at + 4, true)
    meta[gigafrostMeta.scanTime] = view.getUint32(at + 28, true)
    meta[gigafrostMeta.syncTime] = view.getUint32(at + 24, true)
    const low = view.getUint32(at + 16, true)
    const high = view.getUint32(at + 20, true)
    meta[gigafrostMeta.timestamp] = (high & 0xff) * 4_294_967_296 + low
    meta[gigafrostMeta.exposure] = high >>> 8
    meta[gigafrostMeta.imageStatus] = view.getUint16(at + 12, true)
    meta[gigafrostMeta.status] = view.getUint8(at + 3)
    meta[gigafrostMeta.swap] = view.getUint8(at + 2) & 1
    return true
  }
  return {
    name: 'gigafrost',
    units: rows,
    packetsPerFrame: geometry.packets,
    rowsPerUnit: 1,
    rows,
    columns,
    rowBytes,
    maxPacketBytes,
    read,
  }
}

/** Writes a GIGAFROST header; for simulators and tests. */
export function writeGigafrostHeader(
  view: DataView,
  at: number,
  header: {
    readonly frame: number
    readonly firstRow: number
    readonly module: number
    readonly geometry: GigafrostGeometry
    readonly scanId?: number
    readonly imageStatus?: number
  },
): void {
  const quadrantRows = header.geometry.rows * 2
  view.setUint8(at, gigafrostProtocol)
  view.setUint8(at + 1, Math.floor(header.geometry.columns / 12))
  view.setUint8(at + 2, quadrantRows & 0xff)
  const module = header.module % 8
  view.setUint8(at + 3, ((module >> 1) << 6) | ((module & 1) << 5) | (5 << 2) | (quadrantRows >> 8))
  view.setUint32(at + 4, header.scanId ?? 0, true)
  view.setUint32(at + 8, header.frame, true)
  view.setUint16(at + 12, header.imageStatus ?? 0, true)
  view.setUint16(at + 14, header.firstRow, true)
  view.setBigUint64(at + 16, 0n, true)
  view.setUint32(at + 24, 0, true)
  view.setUint32(at + 28, 0, true)
}
