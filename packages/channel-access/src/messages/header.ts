/* Header of every Channel Access message, all fields unsigned big-endian.
 *   0 command u16   2 payload size u16   4 data type u16   6 data count u16   8 parameter 1 u32   12 parameter 2 u32
 * Extended (payload size field 0xFFFF):
 *   16 payload size u32   20 data count u32
 * The extended form is sent when the padded payload or the count reaches 0xFFFF and the peer's minor version is at least 9;
 * a receiver goes by the payload size field alone, as RSRV does. Payloads are padded with zeros to a multiple of 8.
 * Source: Channel Access protocol specification, "Message header"; EPICS base caProto.h. */
import { CaError } from '../error.ts'

/** The minor protocol version that we speak. */
export const minorVersion = 13
/** From here a peer takes the extended header. */
export const largeArrayMinor = 9
/** From here a count of 0 asks for as many elements as there are. */
export const dynamicCountMinor = 13
/** From here a server answers SEARCH over TCP. */
export const tcpSearchMinor = 12

export const headerBytes = 16
export const extendedHeaderBytes = 24

export interface Header {
  readonly command: number
  readonly payloadBytes: number
  readonly dataType: number
  readonly count: number
  readonly p1: number
  readonly p2: number
  /** 16 or 24. */
  readonly headerBytes: number
}

export interface MessageParts {
  readonly command: number
  readonly dataType?: number
  readonly count?: number
  readonly p1?: number
  readonly p2?: number
  readonly payload?: Uint8Array
}

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  )
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** The header at `at`, or undefined while bytes lack. */
export function readHeader(bytes: Uint8Array, at: number, end: number): Header | undefined {
  if (end - at < headerBytes) return undefined
  const size = readU16(bytes, at + 2)
  const extended = size === 0xffff
  if (extended && end - at < extendedHeaderBytes) return undefined
  return {
    command: readU16(bytes, at),
    payloadBytes: extended ? readU32(bytes, at + 16) : size,
    dataType: readU16(bytes, at + 4),
    count: extended ? readU32(bytes, at + 20) : readU16(bytes, at + 6),
    p1: readU32(bytes, at + 8),
    p2: readU32(bytes, at + 12),
    headerBytes: extended ? extendedHeaderBytes : headerBytes,
  }
}

/** Size of a payload on the wire. */
export function paddedBytes(payloadBytes: number): number {
  return Math.ceil(payloadBytes / 8) * 8
}

/** Whether a message needs the extended header. */
export function needsExtendedHeader(payloadBytes: number, count: number): boolean {
  return paddedBytes(payloadBytes) >= 0xffff || count >= 0xffff
}

/** One message, header and padded payload. Throws CA_TOO_LARGE when the peer's minor version knows no extended header. */
export function encodeMessage(parts: MessageParts, peerMinor = minorVersion): Uint8Array {
  const payload = parts.payload
  const count = parts.count ?? 0
  const size = payload === undefined ? 0 : paddedBytes(payload.length)
  const extended = size >= 0xffff || count >= 0xffff
  if (extended && peerMinor < largeArrayMinor)
    throw new CaError(
      'CA_TOO_LARGE',
      `a peer of minor version ${peerMinor} takes no ${size} bytes in one message`,
    )
  const start = extended ? extendedHeaderBytes : headerBytes
  const bytes = new Uint8Array(start + size)
  writeU16(bytes, 0, parts.command)
  writeU16(bytes, 2, extended ? 0xffff : size)
  writeU16(bytes, 4, parts.dataType ?? 0)
  writeU16(bytes, 6, extended ? 0 : count)
  writeU32(bytes, 8, parts.p1 ?? 0)
  writeU32(bytes, 12, parts.p2 ?? 0)
  if (extended) {
    writeU32(bytes, 16, size)
    writeU32(bytes, 20, count)
  }
  if (payload !== undefined) bytes.set(payload, start)
  return bytes
}
