import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  gigafrostFormat,
  gigafrostGeometry,
  gigafrostHeaderBytes,
  writeGigafrostHeader,
} from '../../src/core/gigafrost-packet.ts'
import { emptyHeader, type PacketFormat, type PacketHeader } from '../../src/core/packet.ts'
import { slsFormat, slsPorts, writeSlsHeader, type PulseIdEncoding } from '../../src/core/sls-packet.ts'
import { deliver } from './deliver.ts'

function read(format: PacketFormat, bytes: Uint8Array): PacketHeader | undefined {
  const header = emptyHeader()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return format.read({ view, bytes, at: 0, length: bytes.length }, header) ? header : undefined
}

function jungfrauPacket(pulse?: { encoding: 'double' | 'uint64'; id: number }): Uint8Array {
  const bytes = new Uint8Array(8240)
  const header = {
    frame: 7,
    packet: 127,
    detectorType: 3,
    daqInfo: 1,
    ...(pulse === undefined ? {} : { pulse }),
  }
  writeSlsHeader(new DataView(bytes.buffer), 0, header)
  return bytes
}

function jungfrau(pulseIdEncoding: PulseIdEncoding): PacketFormat {
  return slsFormat({ name: 'jungfrau', port: slsPorts.jungfrau, bitDepth: 16, pulseIdEncoding })
}

test('packets per frame follow from the detector and its bit depth', () => {
  const eiger = (bitDepth: number): number => slsFormat({ name: 'e', port: slsPorts.eiger, bitDepth }).units
  expect([4, 8, 16, 32].map(eiger)).toEqual([16, 32, 64, 128])
  expect(jungfrau('auto')).toMatchObject({ units: 128, rowsPerUnit: 4, maxPacketBytes: 8240 })
})

test('the pulse id of a JUNGFRAU is read as a double, as an integer or replaced by the frame number', () => {
  const double = jungfrauPacket({ encoding: 'double', id: 20_000_000_123 })
  const integer = jungfrauPacket({ encoding: 'uint64', id: 20_000_000_123 })
  const zero = jungfrauPacket()
  expect(read(jungfrau('auto'), double)?.image).toBe(20_000_000_123)
  expect(read(jungfrau('auto'), integer)?.image).toBe(20_000_000_123)
  expect(read(jungfrau('auto'), zero)?.image).toBe(7)
  expect(read(jungfrau('double'), double)?.image).toBe(20_000_000_123)
  expect(read(jungfrau('uint64'), integer)?.image).toBe(20_000_000_123)
  expect(read(jungfrau('frame_number'), double)).toMatchObject({ frame: 7, image: 7, firstUnit: 127 })
})

test('a pulse id that is no number, negative or beyond 2^53 is a bad packet', () => {
  for (const id of [Number.NaN, -5, 2 ** 60, Number.POSITIVE_INFINITY])
    expect(read(jungfrau('double'), jungfrauPacket({ encoding: 'double', id }))).toBeUndefined()
})

// Daq contract 1.4: image, rows per packet, bytes, packets a module, rows and bytes of the last packet.
const geometries = [
  [2016, 2016, 4, 6048, 126, 4, 6048],
  [528, 280, 18, 7128, 4, 16, 6336],
  [480, 128, 20, 7200, 2, 12, 4320],
  [1008, 1008, 8, 6048, 32, 4, 3024],
  [600, 600, 16, 7200, 10, 6, 2700],
] as const

test.each(geometries)(
  'a GIGAFROST image of %i x %i is cut as its receiver expects',
  (width, height, ...rest) => {
    const { rowsPerPacket, packetBytes, packets, lastRows, lastPacketBytes } = gigafrostGeometry(
      width,
      height,
    )
    expect([rowsPerPacket, packetBytes, packets, lastRows, lastPacketBytes]).toEqual(rest)
  },
)

function gigafrostFrame(width: number, height: number): { format: PacketFormat; packets: Uint8Array[] } {
  const geometry = gigafrostGeometry(width, height)
  const packets = Array.from({ length: geometry.packets }, (_, at) => {
    const bytes = at === geometry.packets - 1 ? geometry.lastPacketBytes : geometry.packetBytes
    const packet = new Uint8Array(gigafrostHeaderBytes + bytes).fill(at + 1, gigafrostHeaderBytes)
    const firstRow = at * geometry.rowsPerPacket
    writeGigafrostHeader(new DataView(packet.buffer), 0, { frame: 3, firstRow, module: 5, geometry })
    return packet
  })
  return { format: gigafrostFormat(geometry), packets }
}

test('a GIGAFROST frame is complete when all of its rows are covered, in any order, for every size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 84 }), fc.integer({ min: 2, max: 120 }), (width, height) => {
      const { format, packets } = gigafrostFrame(width * 24, height * 4)
      const { frames, assembler } = deliver(format, packets.toReversed())
      expect(frames).toMatchObject([{ frame: 3, missing: 0 }])
      expect(assembler.counters).toMatchObject({ packetsOk: packets.length, packetsBad: 0 })
    }),
    { numRuns: 100 },
  )
})

test('GIGAFROST packets of other sizes, protocols or rows outside of the module are bad', () => {
  const { format, packets } = gigafrostFrame(480, 128)
  const [good = new Uint8Array()] = packets
  const change = (at: number, value: number): Uint8Array => {
    const bytes = good.slice()
    bytes[at] = value
    return bytes
  }
  const bad = [
    change(0, 0xca),
    change(1, 9),
    change(14, 31),
    change(11, 1),
    good.subarray(0, 32),
    new Uint8Array(8_000),
  ]
  expect(bad.map((bytes) => read(format, bytes))).toEqual(bad.map(() => undefined))
  expect(read(format, good)).toMatchObject({ frame: 3, firstUnit: 0, units: 20 })
})
