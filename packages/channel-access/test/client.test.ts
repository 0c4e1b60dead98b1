import { afterEach, expect, test } from 'vitest'
import { createCaContext, type CaContext, type CaOptions } from '../src/index.ts'
import type { ScriptedPv } from '../src/testing/scripted-pv.ts'
import { startTestIoc, type TestIoc } from '../src/testing/test-ioc.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function setUp(
  pvs: Record<string, ScriptedPv>,
  options: CaOptions = {},
): Promise<{ ioc: TestIoc; context: CaContext }> {
  const ioc = await startTestIoc(pvs)
  const context = createCaContext({
    addrList: [ioc.udpAddress],
    autoAddrList: false,
    repeater: false,
    ...options,
  })
  open.push(context, ioc)
  return { ioc, context }
}

const soon = (): AbortSignal => AbortSignal.timeout(5_000)

test('get, put, put-callback and monitor over sockets', async () => {
  const { context } = await setUp({ 't:d': { type: 'double', value: 1.5 } })
  const channel = context.channel('t:d')
  expect(await channel.connected(soon())).toMatchObject({ nativeType: 'double', count: 1 })
  expect(await channel.get()).toMatchObject({ value: 1.5 })
  const monitor = channel.monitor({ signal: soon() })
  expect((await monitor.next()).value).toMatchObject({
    reading: { value: 1.5 },
    reconnected: false,
    dropped: 0,
  })
  await channel.put(2)
  expect((await monitor.next()).value).toMatchObject({ reading: { value: 2 } })
  await channel.putCallback(3)
  expect((await monitor.next()).value).toMatchObject({ reading: { value: 3 } })
  monitor.close()
  expect(await monitor.next()).toEqual({ done: true, value: undefined })
})

test('found over TCP by a name server alone', async () => {
  const { ioc, context } = await setUp({ 't:d': { type: 'double', value: 1.5 } }, { addrList: [] })
  const other = createCaContext({ nameServers: [ioc.tcpAddress], autoAddrList: false, repeater: false })
  open.push(other)
  await other.channel('t:d').connected(soon())
  await expect(context.channel('t:d').connected(AbortSignal.timeout(50))).rejects.toMatchObject({
    code: 'CA_ABORTED',
  })
})

test('a monitor goes on after the connection was cut, with a fresh value', async () => {
  const { ioc, context } = await setUp({ 't:d': { type: 'double', value: 1 } })
  const channel = context.channel('t:d')
  const events: boolean[] = []
  channel.on('connection', (info) => events.push(info !== null))
  const monitor = channel.monitor({ signal: soon() })
  await monitor.next()
  ioc.disconnectAll()
  expect((await monitor.next()).value).toMatchObject({ reconnected: true, reading: { value: 1 } })
  expect(events).toEqual([true, false, true])
  expect(ioc.server.subscriptions()).toBe(1)
})

test('a call that is aborted rejects and its late answer is ignored', async () => {
  let answer: (status: number) => void = () => undefined
  const { context } = await setUp({
    m: { type: 'double', value: 0, onPut: (_value, done) => (answer = done) },
  })
  const channel = context.channel('m')
  await channel.connected(soon())
  const stop = new AbortController()
  const put = channel.putCallback(1, { signal: stop.signal })
  await channel.get()
  stop.abort(new Error('changed my mind'))
  await expect(put).rejects.toMatchObject({ code: 'CA_ABORTED', cause: { message: 'changed my mind' } })
  answer(1)
  expect(await channel.get()).toMatchObject({ value: 0 })
})

test('the property event tells units at once and when they change', async () => {
  const none = { low: 0, high: 0 }
  const meta = (units: string) =>
    ({
      kind: 'number',
      units,
      precision: 2,
      display: none,
      alarm: none,
      warning: none,
      control: none,
    }) as const
  const { ioc, context } = await setUp({ p: { type: 'double', value: 1, meta: meta('mm') } })
  const channel = context.channel('p')
  const units: string[] = []
  let wake: () => void = () => undefined
  channel.on('property', (told) => {
    units.push(told.kind === 'number' ? told.units : '')
    wake()
  })
  await new Promise<void>((resolve) => (wake = resolve))
  const pv = ioc.server.pvs.get('p')
  if (pv !== undefined) pv.meta = meta('um')
  const told = new Promise<void>((resolve) => (wake = resolve))
  ioc.server.post('p', 8)
  await told
  expect(units).toEqual(['mm', 'um'])
})

test('closing a channel settles what waits on it', async () => {
  const { context } = await setUp({ m: { type: 'double', value: 0, onPut: () => undefined } })
  const channel = context.channel('m')
  await channel.connected(soon())
  const put = channel.putCallback(1)
  const lost = context.channel('nowhere')
  const waiting = lost.connected()
  channel.close()
  lost.close()
  await expect(put).rejects.toMatchObject({ code: 'CA_CLOSED' })
  await expect(waiting).rejects.toMatchObject({ code: 'CA_CLOSED' })
  await expect(channel.get()).rejects.toMatchObject({ code: 'CA_CLOSED' })
  expect(context.statistics()).toMatchObject({ channels: 0 })
  channel.close()
})

test('a closed context leaves nothing open', async () => {
  const sockets = (): number =>
    process.getActiveResourcesInfo().filter((kind) => /UDPWrap|TCP|Timeout/.test(kind)).length
  const before = sockets()
  const { ioc, context } = await setUp({ 't:d': { type: 'double', value: 1 } })
  await context.channel('t:d').connected(soon())
  const monitor = context.channel('t:d').monitor()
  await context.close()
  await context.close()
  expect(await monitor.next()).toEqual({ done: true, value: undefined })
  expect(() => context.channel('t:d')).toThrow('CA_CLOSED')
  await ioc.close()
  expect(sockets()).toBeLessThanOrEqual(before)
})

test('a large array and many calls at once', async () => {
  const value = Float64Array.from({ length: 40_000 }, (_, i) => i)
  const { context } = await setUp({ w: { type: 'double', value } })
  const channel = context.channel('w')
  await channel.connected(soon())
  await channel.putCallback(value.map((x) => -x))
  const readings = await Promise.all(Array.from({ length: 50 }, () => channel.get({ signal: soon() })))
  for (const reading of readings) expect((reading.value as Float64Array)[39_999]).toBe(-39_999)
})

test('a consumer that stays away loses the oldest updates and is told how many', async () => {
  const { ioc, context } = await setUp({ 't:d': { type: 'double', value: 0 } })
  const channel = context.channel('t:d')
  await channel.connected(soon())
  const monitor = channel.monitor({ maxUpdates: 10, signal: soon() })
  await monitor.next()
  for (let i = 1; i <= 100; i++) ioc.post('t:d', i)
  await channel.get()
  expect((await monitor.next()).value).toMatchObject({ reading: { value: 91 }, dropped: 90 })
  expect(monitor.dropped).toBe(90)
})

test.each(['', 'a\0b', 'x'.repeat(501)])('the name %j is refused', async (name) => {
  const { context } = await setUp({})
  expect(() => context.channel(name)).toThrow('CA_NAME_INVALID')
})
