import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScriptedServer } from '../../src/testing/scripted-server.ts'
import { createMemoryNetwork, nativeTime, type MemoryNetwork } from './memory-network.ts'

const home = '10.0.0.1:5064'

function connected(): { network: MemoryNetwork; cid: number; circuit: number } {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer({ 't:d': { type: 'double', value: 1 } }))
  const cid = network.core.takeChannelId()
  network.run({ kind: 'open-channel', cid, name: 't:d', priority: 0 })
  network.run({
    kind: 'subscribe',
    cid,
    subscription: network.core.takeRequestId(),
    shape: nativeTime,
    mask: 5,
  })
  network.advance(0)
  return { network, cid, circuit: network.take('open-circuit')[0]?.circuit ?? -1 }
}

const header = fc.record({
  command: fc.integer({ min: 0, max: 30 }),
  size: fc.constantFrom(0, 8, 16, 24, 40, 0xffff, 5),
  dataType: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 65_535 })),
  count: fc.integer({ min: 0, max: 65_535 }),
  p1: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  p2: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  body: fc.uint8Array({ maxLength: 48 }),
})

function bytesOf(
  messages: readonly {
    command: number
    size: number
    dataType: number
    count: number
    p1: number
    p2: number
    body: Uint8Array
  }[],
): Uint8Array {
  return Buffer.concat(
    messages.map(({ command, size, dataType, count, p1, p2, body }) => {
      const bytes = Buffer.alloc(16 + body.length)
      bytes.writeUInt16BE(command, 0)
      bytes.writeUInt16BE(size, 2)
      bytes.writeUInt16BE(dataType, 4)
      bytes.writeUInt16BE(count, 6)
      bytes.writeUInt32BE(p1, 8)
      bytes.writeUInt32BE(p2, 12)
      bytes.set(body, 16)
      return bytes
    }),
  )
}

test('whatever a server sends, the client neither throws nor stays broken', () => {
  fc.assert(
    fc.property(fc.array(header, { maxLength: 30 }), (messages) => {
      const { network, cid, circuit } = connected()
      network.run({ kind: 'read', cid, request: network.core.takeRequestId(), shape: nativeTime })
      network.run({ kind: 'circuit-bytes', circuit, bytes: bytesOf(messages) })
      // The circuit may hang in a half message; once it ends everything is as new.
      network.kill(home)
      network.listen(home, createScriptedServer({ 't:d': { type: 'double', value: 2 } }))
      network.advance(10_000)
      expect(network.core.counts()).toMatchObject({ channels: 1, connected: 1, circuits: 1 })
    }),
    { numRuns: 300 },
  )
})

test('whatever arrives by UDP, the client neither throws nor forgets its search', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(header, { maxLength: 8 }).map(bytesOf)),
      (bytes) => {
        const network = createMemoryNetwork()
        const cid = network.core.takeChannelId()
        network.run({ kind: 'open-channel', cid, name: 't:d', priority: 0 })
        network.run({ kind: 'datagram', bytes, from: { address: '10.6.6.6', port: 99 } })
        network.listen(home, createScriptedServer({ 't:d': { type: 'double', value: 2 } }))
        network.advance(40_000)
        expect(network.core.counts().connected).toBe(1)
      },
    ),
    { numRuns: 300 },
  )
})

test('malformed datagrams of one sender are told of once a minute', () => {
  const network = createMemoryNetwork()
  const from = { address: '10.6.6.6', port: 99 }
  for (let i = 0; i < 100; i++) network.run({ kind: 'datagram', bytes: new Uint8Array(17), from })
  expect(network.take('diagnostic')).toHaveLength(1)
})

test('a thousand errors close the circuit', () => {
  const { network, circuit } = connected()
  const unknown = bytesOf([
    { command: 99, size: 0, dataType: 0, count: 0, p1: 0, p2: 0, body: new Uint8Array(0) },
  ])
  for (let i = 0; i < 1_000; i++) network.run({ kind: 'circuit-bytes', circuit, bytes: unknown })
  expect(network.take('close-circuit')).toEqual([])
  network.run({ kind: 'circuit-bytes', circuit, bytes: unknown })
  expect(network.take('close-circuit')).toMatchObject([{ circuit }])
})
