import { expect, test } from 'vitest'
import { CaError } from '../../src/error.ts'
import type { ScriptedPv } from '../../src/testing/scripted-pv.ts'
import { createScriptedServer } from '../../src/testing/scripted-server.ts'
import { createMemoryNetwork, nativeTime, type MemoryNetwork } from './memory-network.ts'

const home = '10.0.0.1:5064'

function openChannel(network: MemoryNetwork, name: string): number {
  const cid = network.core.takeChannelId()
  network.run({ kind: 'open-channel', cid, name, priority: 0 })
  return cid
}

function get(network: MemoryNetwork, cid: number, shape: object = nativeTime): unknown {
  const request = network.core.takeRequestId()
  network.run({ kind: 'read', cid, request, shape: { ...nativeTime, ...shape } })
  return network.take('read-done').find((action) => action.request === request)?.outcome
}

function one(value: number): Record<string, ScriptedPv> {
  return { 't:d': { type: 'double', value } }
}

test('a channel is found by its first search and read', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1.5)))
  const cid = openChannel(network, 't:d')
  network.advance(0)
  expect(network.take('connected')).toMatchObject([
    {
      cid,
      info: { name: 't:d', nativeType: 'double', count: 1, canRead: true, canWrite: true, server: home },
    },
  ])
  expect(get(network, cid)).toMatchObject({ value: 1.5, type: 'double', count: 1 })
})

test('every byte may come alone', () => {
  const network = createMemoryNetwork({ chunkBytes: 1 })
  network.listen(
    home,
    createScriptedServer({ w: { type: 'double', value: Float64Array.of(1, 2, 3), count: 10 } }),
  )
  const cid = openChannel(network, 'w')
  network.advance(0)
  expect(get(network, cid)).toMatchObject({ value: Float64Array.of(1, 2, 3) })
})

test('a thousand replies in one write settle a thousand reads', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer(one(7))
  const parts: Uint8Array[] = []
  let gather = false
  network.listen(home, {
    ...server,
    connect: (send, port) => server.connect((bytes) => (gather ? void parts.push(bytes) : send(bytes)), port),
  })
  const cid = openChannel(network, 't:d')
  network.advance(0)
  gather = true
  const circuit = network.take('open-circuit')[0]?.circuit ?? -1
  const requests = Array.from({ length: 1_000 }, () => network.core.takeRequestId())
  for (const request of requests) network.run({ kind: 'read', cid, request, shape: nativeTime })
  network.run({ kind: 'circuit-bytes', circuit, bytes: Uint8Array.from(parts.flatMap((part) => [...part])) })
  expect(network.take('read-done').map((done) => done.request)).toEqual(requests)
})

test('the search goes on with doubling periods up to the maximum', () => {
  const network = createMemoryNetwork({ maxSearchPeriodMs: 2_000 })
  network.listen(home, createScriptedServer({}))
  openChannel(network, 'nowhere')
  const startMs = network.nowMs()
  const sent: number[] = []
  while (network.nowMs() - startMs < 12_000) {
    network.advance(5)
    for (const _ of network.take('datagram')) sent.push(network.nowMs() - startMs)
  }
  const gaps = sent.slice(1).map((at, i) => at - (sent[i] ?? 0))
  expect(gaps.length).toBeGreaterThan(8)
  gaps.forEach((gap, i) => {
    const ideal = Math.min(30 * 2 ** i, 2_000)
    expect(gap).toBeGreaterThan(ideal * 0.85 - 10)
    expect(gap).toBeLessThan(ideal * 1.15 + 10)
  })
})

test('10,000 channels connect within the datagram budget in less than 3 s, and again after each of 5 restarts with one subscription', () => {
  const pvs = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [
      `BL:some:long:device:${i}:RBV`,
      { type: 'double', value: i } as const,
    ]),
  )
  const network = createMemoryNetwork()
  let server = createScriptedServer(pvs)
  network.listen(home, server)
  for (const name of Object.keys(pvs)) {
    const cid = openChannel(network, name)
    network.run({
      kind: 'subscribe',
      cid,
      subscription: network.core.takeRequestId(),
      shape: nativeTime,
      mask: 5,
    })
  }
  network.advance(3_000)
  expect(network.core.counts()).toMatchObject({ connected: 10_000, circuits: 1 })
  for (let restart = 0; restart < 5; restart++) {
    network.log.length = 0
    network.kill(home)
    expect(network.core.counts()).toMatchObject({ connected: 0 })
    network.advance(1_000)
    server = createScriptedServer(pvs)
    network.listen(home, server)
    network.advance(10_000)
    expect(network.core.counts()).toMatchObject({ connected: 10_000, circuits: 1 })
    expect(server.subscriptions()).toBe(10_000)
    expect(server.channels()).toBe(10_000)
    const updates = network.take('update')
    expect(updates).toHaveLength(10_000)
    expect(updates.every((update) => update.reconnected)).toBe(true)
  }
}, 60_000)

test('the first update after the first connection is no reconnection', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.run({ kind: 'subscribe', cid, subscription: 77, shape: nativeTime, mask: 5 })
  network.advance(0)
  expect(network.take('update')).toMatchObject([
    { subscription: 77, reconnected: false, outcome: { value: 1 } },
  ])
})

test('a server that comes back on another port is found there', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.advance(0)
  network.kill(home)
  network.advance(5_000)
  network.listen('10.0.0.1:40001', createScriptedServer(one(2)))
  network.advance(10_000)
  expect(get(network, cid)).toMatchObject({ value: 2 })
})

test('of two servers with one name the first is kept and the second is told of', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1)))
  network.listen('10.0.0.2:5064', createScriptedServer(one(2)))
  const cid = openChannel(network, 't:d')
  network.advance(0)
  expect(get(network, cid)).toMatchObject({ value: 1 })
  expect(network.take('diagnostic').filter((action) => action.event === 'double-channel')).toMatchObject([
    { fields: { name: 't:d', first: home, second: '10.0.0.2:5064' } },
  ])
})

test('a put-callback of 5 minutes completes while echoes keep the circuit alive', () => {
  const network = createMemoryNetwork()
  let answer: (status: number) => void = () => undefined
  const server = createScriptedServer({
    m: { type: 'double', value: 0, onPut: (_value, done) => (answer = done) },
  })
  network.listen(home, server)
  const cid = openChannel(network, 'm')
  network.advance(0)
  const request = network.core.takeRequestId()
  network.run({ kind: 'write', cid, request, value: 10, type: undefined, notify: true })
  network.advance(300_000)
  expect(server.received['echo']).toBeGreaterThanOrEqual(9)
  expect(network.take('write-done')).toEqual([])
  answer(1)
  expect(network.take('write-done')).toMatchObject([{ request, error: null }])
  expect(network.take('disconnected')).toEqual([])
})

test('a frozen server is given up 5 s after the echo, its pending calls fail, and after its death the channel reconnects', () => {
  const network = createMemoryNetwork()
  const host = network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.run({ kind: 'subscribe', cid, subscription: 900, shape: nativeTime, mask: 5 })
  network.advance(0)
  host.frozen = true
  const request = network.core.takeRequestId()
  network.run({ kind: 'read', cid, request, shape: nativeTime })
  network.advance(34_900)
  expect(network.take('disconnected')).toEqual([])
  network.advance(200)
  expect(network.take('disconnected')).toMatchObject([{ cid, reason: 'unresponsive' }])
  expect(network.take('read-done')).toMatchObject([{ request, outcome: { code: 'CA_UNRESPONSIVE' } }])
  expect(network.circuits(home)).toBe(1)
  network.advance(5_000)
  network.kill(home)
  network.advance(1_000)
  network.listen(home, createScriptedServer(one(3)))
  network.take('update')
  network.advance(20_000)
  expect(network.take('update')).toMatchObject([{ reconnected: true, outcome: { value: 3 } }])
  expect(network.circuits(home)).toBe(1)
})

test('a connection time-out shorter than the other waits holds from the start', () => {
  const network = createMemoryNetwork({ connTimeoutMs: 1_000 })
  const host = network.listen(home, createScriptedServer(one(1)))
  openChannel(network, 't:d')
  network.advance(0)
  host.frozen = true
  network.advance(6_100)
  expect(network.take('disconnected')).toHaveLength(1)
})

test('a frozen server that wakes up is taken again without a new circuit, with a fresh value', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer(one(1))
  const host = network.listen(home, server)
  const cid = openChannel(network, 't:d')
  network.run({ kind: 'subscribe', cid, subscription: 900, shape: nativeTime, mask: 5 })
  network.advance(0)
  host.frozen = true
  network.advance(40_000)
  expect(network.take('disconnected')).toHaveLength(1)
  network.take('update')
  network.take('connected')
  host.frozen = false
  const pv = server.pvs.get('t:d')
  if (pv !== undefined) pv.value = 5
  server.post('t:d')
  const updates = network.take('update')
  expect(updates[0]).toMatchObject({ reconnected: true, outcome: { value: 5 } })
  expect(network.take('connected')).toHaveLength(1)
  network.advance(60_000)
  expect(network.take('open-circuit')).toHaveLength(1)
  expect(server.subscriptions()).toBe(1)
})

test('while its server is frozen a channel that is found elsewhere moves and the old circuit is closed', () => {
  const network = createMemoryNetwork()
  const host = network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.advance(0)
  host.frozen = true
  network.advance(36_000)
  network.listen('10.0.0.2:5064', createScriptedServer(one(2)))
  network.advance(20_000)
  expect(get(network, cid)).toMatchObject({ value: 2 })
  expect(network.circuits(home)).toBe(0)
})

test('a frozen server that never wakes is hung up on after another 30 s', () => {
  const network = createMemoryNetwork()
  const host = network.listen(home, createScriptedServer(one(1)))
  openChannel(network, 't:d')
  network.advance(0)
  host.frozen = true
  network.advance(64_000)
  expect(network.circuits(home)).toBe(1)
  network.advance(2_000)
  expect(network.circuits(home)).toBe(0)
  expect(network.core.counts()).toMatchObject({ connected: 0, searching: 1, circuits: 0 })
})

test('ids wrap at 2^32 and calls still find their answers', () => {
  const network = createMemoryNetwork({ firstId: 2 ** 32 - 3 })
  network.listen(home, createScriptedServer(one(4)))
  const cids = Array.from({ length: 6 }, () => openChannel(network, 't:d'))
  expect(cids).toEqual([2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1, 0, 1, 2])
  network.advance(0)
  expect(network.core.counts().connected).toBe(6)
  for (const cid of cids) expect(get(network, cid)).toMatchObject({ value: 4 })
})

test('SID 0 is a valid id', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer(one(4))
  network.listen(home, server)
  const cid = openChannel(network, 't:d')
  network.advance(0)
  network.run({ kind: 'close-channel', cid })
  expect(server.received['clearChannel']).toBe(1)
  expect(server.channels()).toBe(0)
})

test('puts of a channel without write access fail here, and access that returns is an event', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer({ r: { type: 'double', value: 1, rights: 1 } })
  network.listen(home, server)
  const cid = openChannel(network, 'r')
  network.advance(0)
  const put = (): unknown => {
    const request = network.core.takeRequestId()
    network.run({ kind: 'write', cid, request, value: 2, type: undefined, notify: true })
    return network.take('write-done')[0]?.error
  }
  expect(put()).toMatchObject({ code: 'CA_NO_WRITE_ACCESS', eca: 376 })
  expect(server.received['writeNotifyRequest']).toBeUndefined()
  const pv = server.pvs.get('r')
  if (pv !== undefined) pv.rights = 3
  server.postRights('r')
  expect(network.take('access')).toMatchObject([{ cid, info: { canWrite: true } }])
  expect(put()).toBeNull()
})

test('a put is refused while disconnected instead of being kept for later', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.advance(0)
  network.kill(home)
  network.run({
    kind: 'write',
    cid,
    request: network.core.takeRequestId(),
    value: 2,
    type: undefined,
    notify: true,
  })
  expect(network.take('write-done')).toMatchObject([{ error: { code: 'CA_DISCONNECTED' } }])
})

test('a channel whose server says it is gone is searched again', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer(one(1))
  network.listen(home, server)
  const cid = openChannel(network, 't:d')
  network.advance(0)
  server.remove('t:d')
  expect(network.take('disconnected')).toMatchObject([{ cid, reason: 'server-disconnect' }])
  server.pvs.set('t:d', { type: 'long', value: 9, count: 4 })
  network.take('connected')
  network.advance(5_000)
  expect(network.take('connected')).toMatchObject([{ info: { nativeType: 'long', count: 4 } }])
})

test('a server that has a name but refuses its creation is asked ever more rarely', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer(one(1))
  network.listen(home, {
    ...server,
    connect(send, port) {
      server.pvs.delete('t:d')
      return server.connect(send, port)
    },
    search(datagram, port) {
      server.pvs.set('t:d', { type: 'double', value: 1 })
      const reply = server.search(datagram, port)
      server.pvs.delete('t:d')
      return reply
    },
  })
  openChannel(network, 't:d')
  network.advance(60_000)
  expect(network.take('connected')).toEqual([])
  expect(server.received['createChannelRequest']).toBeGreaterThan(3)
  expect(server.received['createChannelRequest']).toBeLessThan(12)
})

test('names are searched over TCP where only a name server is given, also after it was restarted', () => {
  const network = createMemoryNetwork({ nameServers: [home] })
  network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.advance(500)
  expect(get(network, cid)).toMatchObject({ value: 1 })
  expect(network.circuits(home)).toBe(1)
  network.kill(home)
  network.advance(3_000)
  network.listen(home, createScriptedServer(one(2)))
  network.advance(10_000)
  expect(get(network, cid)).toMatchObject({ value: 2 })
  expect(network.take('datagram')).toEqual([])
})

test('a circuit without channels is closed after a second', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1)))
  const cid = openChannel(network, 't:d')
  network.advance(0)
  network.run({ kind: 'close-channel', cid })
  expect(network.circuits(home)).toBe(1)
  network.advance(1_100)
  expect(network.circuits(home)).toBe(0)
  expect(network.core.counts()).toEqual({ channels: 0, connected: 0, searching: 0, circuits: 0 })
})

test('a reply over the limit is skipped without allocation and its read fails', () => {
  const network = createMemoryNetwork({ maxPayloadBytes: 1_024 })
  network.listen(home, createScriptedServer({ w: { type: 'double', value: new Float64Array(1_000) } }))
  const cid = openChannel(network, 'w')
  network.advance(0)
  expect(get(network, cid)).toMatchObject({ code: 'CA_TOO_LARGE' })
  expect(get(network, cid, { count: 2 })).toMatchObject({ count: 2 })
})

test('status other than normal is an error and never a value', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer({ w: { type: 'double', value: 1, rights: 3 } })
  network.listen(home, server)
  const cid = openChannel(network, 'w')
  network.advance(0)
  const pv = server.pvs.get('w')
  if (pv !== undefined) pv.rights = 2
  expect(get(network, cid)).toMatchObject({ code: 'CA_NO_READ_ACCESS', eca: 368 })
})

test('garbage to an enum is refused by the server and told with its code', () => {
  const network = createMemoryNetwork()
  network.listen(
    home,
    createScriptedServer({
      e: { type: 'enum', value: 0, meta: { kind: 'enum', states: ['Done', 'Acquire'] } },
    }),
  )
  const cid = openChannel(network, 'e')
  network.advance(0)
  const put = (value: string | number): unknown => {
    network.run({
      kind: 'write',
      cid,
      request: network.core.takeRequestId(),
      value,
      type: undefined,
      notify: true,
    })
    return network.take('write-done')[0]?.error
  }
  expect(put('Bogus')).toMatchObject({ code: 'CA_WRITE_FAILED', eca: 160 })
  expect(put('Acquire')).toBeNull()
  expect(get(network, cid)).toMatchObject({ value: 1 })
  expect(get(network, cid, { type: 'string' })).toMatchObject({ value: 'Acquire' })
  expect(put('0')).toBeNull()
  expect(get(network, cid)).toMatchObject({ value: 0 })
})

test.each([65_528, 65_534, 65_535, 65_536])('an array of %i bytes goes there and back', (bytes) => {
  const network = createMemoryNetwork()
  network.listen(
    home,
    createScriptedServer({ c: { type: 'char', value: new Uint8Array(bytes), count: 70_000 } }),
  )
  const cid = openChannel(network, 'c')
  network.advance(0)
  const value = Uint8Array.from({ length: bytes }, (_, i) => i % 251)
  network.run({
    kind: 'write',
    cid,
    request: network.core.takeRequestId(),
    value,
    type: undefined,
    notify: true,
  })
  expect(network.take('write-done')).toMatchObject([{ error: null }])
  const reading = get(network, cid) as { value: Uint8Array }
  expect(Buffer.from(reading.value).equals(Buffer.from(value))).toBe(true)
})

test('an old server is not sent what it cannot take', () => {
  const network = createMemoryNetwork()
  network.listen(
    home,
    createScriptedServer({ c: { type: 'char', value: new Uint8Array(70_000), count: 70_000 } }, { minor: 8 }),
  )
  const cid = openChannel(network, 'c')
  network.advance(0)
  network.run({
    kind: 'write',
    cid,
    request: network.core.takeRequestId(),
    value: new Uint8Array(70_000),
    type: undefined,
    notify: true,
  })
  expect(network.take('write-done')).toMatchObject([{ error: { code: 'CA_TOO_LARGE' } }])
})

test('a server below minor version 4 is hung up on', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer(one(1), { minor: 3 }))
  openChannel(network, 't:d')
  network.advance(100)
  expect(network.core.counts()).toMatchObject({ connected: 0, circuits: 0 })
})

test('a cancelled subscription gets nothing more', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer(one(1))
  network.listen(home, server)
  const cid = openChannel(network, 't:d')
  network.run({ kind: 'subscribe', cid, subscription: 5_000, shape: nativeTime, mask: 5 })
  network.advance(0)
  network.take('update')
  network.run({ kind: 'unsubscribe', cid, subscription: 5_000 })
  expect(server.subscriptions()).toBe(0)
  server.post('t:d')
  expect(network.take('update')).toEqual([])
})

test('an enum that blinks is delivered edge by edge', () => {
  const network = createMemoryNetwork()
  const server = createScriptedServer({ a: { type: 'enum', value: 0 } })
  network.listen(home, server)
  const cid = openChannel(network, 'a')
  network.run({ kind: 'subscribe', cid, subscription: 5_000, shape: nativeTime, mask: 5 })
  network.advance(0)
  const pv = server.pvs.get('a')
  for (const value of [1, 0, 1, 0]) {
    if (pv !== undefined) pv.value = value
    server.post('a')
  }
  const values = network
    .take('update')
    .map(({ outcome }) => (outcome instanceof CaError ? null : outcome.value))
  expect(values).toEqual([0, 1, 0, 1, 0])
})

test('updates are asked to stop beyond the threshold and to go on when nothing waits', () => {
  const network = createMemoryNetwork({ flowControlBytes: 1_000 })
  const server = createScriptedServer(one(1))
  network.listen(home, server)
  openChannel(network, 't:d')
  network.advance(0)
  const circuit = network.take('open-circuit')[0]?.circuit ?? -1
  const backlog = (unprocessedBytes: number): void =>
    network.run({ kind: 'circuit-backlog', circuit, unprocessedBytes })
  backlog(1_000)
  expect(server.received['eventsOff']).toBeUndefined()
  backlog(1_001)
  backlog(5_000)
  expect(server.received['eventsOff']).toBe(1)
  backlog(1)
  expect(server.received['eventsOn']).toBeUndefined()
  backlog(0)
  expect(server.received['eventsOn']).toBe(1)
})

test('a restarted server announces itself by its beacons and is searched at once', () => {
  const network = createMemoryNetwork()
  network.listen(home, createScriptedServer({}))
  openChannel(network, 'late')
  const from = { address: '10.0.0.9', port: 5065 }
  let counter = 0
  const beacon = (): void => {
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    view.setUint16(0, 13)
    view.setUint16(4, 13)
    view.setUint16(6, 5064)
    view.setUint32(8, counter++)
    network.run({ kind: 'datagram', bytes, from })
  }
  for (let i = 0; i < 20; i++) {
    beacon()
    network.advance(15_000)
  }
  network.take('datagram')
  network.take('diagnostic')
  beacon()
  network.advance(30)
  beacon()
  expect(network.take('diagnostic').filter((action) => action.event === 'beacon-anomaly')).toHaveLength(1)
  network.advance(1_000)
  expect(network.take('datagram').length).toBeGreaterThanOrEqual(1)
})
