import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { slsFormat, slsHeaderBytes, writeSlsHeader } from '../../src/core/sls-packet.ts'
import { deliver } from './deliver.ts'

const units = 8
const format = slsFormat({ name: 'test', port: { columns: 8, rows: units, dataBytes: 16 }, bitDepth: 16 })

function packet(frame: number, unit: number): Uint8Array {
  const bytes = new Uint8Array(slsHeaderBytes + 16)
  writeSlsHeader(new DataView(bytes.buffer), 0, { frame, packet: unit, detectorType: 0 })
  bytes.fill((frame * 31 + unit * 7) & 0xff, slsHeaderBytes)
  return bytes
}

function frameOf(id: number): Uint8Array[] {
  return Array.from({ length: units }, (_, unit) => packet(id, unit))
}

test('a frame is handed out with its last packet, whichever that is', () => {
  const packets = frameOf(5).toReversed()
  const { frames, assembler } = deliver(format, packets, { skipFlush: true })
  expect(frames).toHaveLength(1)
  expect(frames[0]?.missing).toBe(0)
  expect(assembler.counters).toMatchObject({ packetsOk: 8, framesComplete: 1, packetsLost: 0 })
})

test('a packet that comes twice is counted and does not change the frame', () => {
  const twice = [...frameOf(1), packet(1, 3), packet(1, 3)]
  const { frames, assembler } = deliver(format, twice)
  expect(frames).toHaveLength(1)
  expect(assembler.counters).toMatchObject({ packetsOk: 8, packetsDuplicate: 2, packetsLate: 0 })
})

test('a frame that lacks packets is given up when a frame four further on begins', () => {
  const packets = [...frameOf(1).slice(1), packet(2, 0), packet(3, 0), packet(4, 0)]
  const before = deliver(format, packets, { skipFlush: true })
  expect(before.frames).toEqual([])
  const after = deliver(format, [...packets, packet(5, 0)], { skipFlush: true })
  expect(after.frames).toMatchObject([{ frame: 1, missing: 1 }])
  expect(after.assembler.counters.packetsLost).toBe(1)
})

test('a frame without a packet for the time-out is given up, a younger one stays', () => {
  const { frames, assembler } = deliver(format, [packet(1, 0)], { skipFlush: true })
  assembler.tick(99)
  expect(frames).toEqual([])
  assembler.tick(100)
  expect(frames).toMatchObject([{ frame: 1, missing: 7 }])
  expect(assembler.openCount).toBe(0)
})

test('a packet of a frame that was given up is late and never opens it again', () => {
  const { frames, assembler } = deliver(format, [packet(1, 0), ...frameOf(9), packet(1, 1), packet(1, 0)])
  expect(frames.map(({ frame }) => frame)).toEqual([1, 9])
  expect(assembler.counters).toMatchObject({ packetsLate: 1, packetsDuplicate: 1 })
})

test('a complete frame waits for an older one that is still open', () => {
  const rest = packet(1, 7)
  const { frames } = deliver(format, [...frameOf(1).slice(0, 7), ...frameOf(2), rest], { skipFlush: true })
  expect(frames.map(({ frame }) => frame)).toEqual([1, 2])
})

test('an id far below the last one is a detector that was started again', () => {
  const { frames, assembler } = deliver(format, [...frameOf(50_000), ...frameOf(1), ...frameOf(2)])
  expect(frames.map(({ frame }) => frame)).toEqual([50_000, 1, 2])
  expect(assembler.counters.restarts).toBe(1)
})

test('after a second of silence a lower id is a detector that was started again', () => {
  const early = deliver(format, [...frameOf(10), ...frameOf(1)], { stepMs: 10 })
  expect(early.assembler.counters.packetsLate).toBe(8)
  const packets = [...frameOf(10), ...frameOf(1)]
  const late = deliver(format, packets, { stepMs: 10, restartIdleMs: 10 })
  expect(late.frames.map(({ frame }) => frame)).toContain(1)
})

test('one forged id far ahead does not make the frames that follow late', () => {
  const packets = [...frameOf(1), packet(2 ** 40, 0), ...frameOf(2), ...frameOf(3)]
  const { frames, assembler } = deliver(format, packets, { skipFlush: true })
  assembler.tick(1_000)
  expect(frames.filter(({ missing }) => missing === 0).map(({ frame }) => frame)).toEqual([1, 2, 3])
})

test('datagrams of a wrong length, of a wrong packet number or with an id beyond 2^53 are bad', () => {
  const wrongNumber = packet(1, 0)
  new DataView(wrongNumber.buffer).setUint32(12, units, true)
  const wrongId = packet(1, 0)
  new DataView(wrongId.buffer).setBigUint64(0, 2n ** 53n, true)
  const packets = [new Uint8Array(0), packet(1, 0).subarray(1), new Uint8Array(9_000), wrongNumber, wrongId]
  const { frames, assembler } = deliver(format, packets)
  expect(frames).toEqual([])
  expect(assembler.counters.packetsBad).toBe(5)
})

/** What became of each packet of a few frames: dropped, sent, sent twice. The first frame is whole, so that the port knows where it is. */
const multiset = fc.array(
  fc.array(fc.constantFrom(0, 1, 1, 1, 2, 3), { minLength: units, maxLength: units }),
  {
    minLength: 1,
    maxLength: 3,
  },
)

test('any multiset of packets gives the frames and counters that sorted delivery gives', () => {
  fc.assert(
    fc.property(multiset, fc.infiniteStream(fc.nat()), (copies, random) => {
      const sorted = copies.flatMap((frame, index) =>
        frame.flatMap((count, unit) => Array.from({ length: count }, () => packet(101 + index, unit))),
      )
      const shuffled = [...sorted]
      for (let at = shuffled.length - 1; at > 0; at -= 1) {
        const other = (random.next().value ?? 0) % (at + 1)
        const [a, b] = [shuffled[at], shuffled[other]]
        if (a !== undefined && b !== undefined) [shuffled[at], shuffled[other]] = [b, a]
      }
      const begin = frameOf(100)
      const one = deliver(format, [...begin, ...sorted])
      const other = deliver(format, [...begin, ...shuffled])
      expect(other.frames).toEqual(one.frames)
      expect(other.assembler.counters).toEqual(one.assembler.counters)
    }),
    { numRuns: 500 },
  )
})

test('packets that come too late change nothing but the count of late ones', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 5 * units - 1 }), { maxLength: 20 }), (held) => {
      const all = Array.from({ length: 5 }, (_, frame) => frameOf(frame + 1)).flat()
      const inTime = all.filter((_, at) => !held.includes(at))
      const late = all.filter((_, at) => held.includes(at))
      const end = frameOf(20)
      const without = deliver(format, [...inTime, ...end])
      const withLate = deliver(format, [...inTime, ...end, ...late])
      expect(withLate.frames).toEqual(without.frames)
      expect(withLate.assembler.counters).toEqual({
        ...without.assembler.counters,
        packetsLate: late.length,
      })
    }),
    { numRuns: 300 },
  )
})

test('arbitrary bytes never break the assembler', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc
            .tuple(fc.nat({ max: 40 }), fc.nat({ max: units - 1 }), fc.nat({ max: 63 }), fc.nat({ max: 255 }))
            .map(([frame, unit, at, value]) => {
              const bytes = packet(frame, unit)
              bytes[at] = value
              return bytes
            }),
        ),
        { maxLength: 60 },
      ),
      (packets) => {
        const { assembler } = deliver(format, packets)
        const { packetsOk, packetsDuplicate, packetsLate, packetsBad } = assembler.counters
        expect(packetsOk + packetsDuplicate + packetsLate + packetsBad).toBe(packets.length)
      },
    ),
    { numRuns: 300 },
  )
})
