// Our client against the C soft IOC (RSRV) and a caproto IOC, each in a process of its own: check-client.ts PYTHON.
import { deepStrictEqual, ok } from 'node:assert/strict'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CaError,
  createCaContext,
  dbrForms,
  eventMask,
  unixSecondsOf,
  type CaChannel,
  type CaContext,
  type CaMetadata,
  type CaUpdate,
  type Monitor,
} from '../../src/index.ts'
import { iocProcess, prefix, type IocProcess } from './ioc-process.ts'

const python = process.argv[2] ?? 'python3'
let passed = 0
let failed = 0

async function check(name: string, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  try {
    const said = await work()
    passed += 1
    const took = `${((performance.now() - startedMs) / 1000).toFixed(2)} s`
    console.log(`ok      ${name} (${typeof said === 'string' ? `${said}, ` : ''}${took})`)
  } catch (error) {
    failed += 1
    console.log(`failed  ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const patience = (ms = 10_000): AbortSignal => AbortSignal.timeout(ms)

async function open(context: CaContext, name: string): Promise<CaChannel> {
  const channel = context.channel(prefix + name)
  await channel.connected(patience())
  return channel
}

async function nextOf(monitor: Monitor): Promise<CaUpdate> {
  const { value } = await monitor.next()
  ok(value !== undefined, 'the monitor ended')
  return value
}

async function untilValue(monitor: Monitor, wanted: (update: CaUpdate) => boolean): Promise<CaUpdate> {
  for (;;) {
    const update = await nextOf(monitor)
    if (wanted(update)) return update
  }
}

async function rejection(promise: Promise<unknown>): Promise<CaError> {
  try {
    await promise
  } catch (error) {
    ok(error instanceof CaError, String(error))
    return error
  }
  throw new Error('did not reject')
}

async function eventually(what: string, condition: () => boolean, limitMs: number): Promise<number> {
  const startedMs = performance.now()
  while (!condition()) {
    if (performance.now() - startedMs > limitMs) throw new Error(`${what}: not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - startedMs
}

async function checkTypes(peer: string, context: CaContext): Promise<void> {
  const natives: [name: string, type: string, count: number][] = [
    ['double', 'double', 1],
    ['long', 'long', 1],
    ['string', 'string', 1],
    ['enum', 'enum', 1],
    ['short1', 'short', 1],
    ['float1', 'float', 1],
    ['doubles', 'double', 40_000],
    ['floats', 'float', 10],
    ['longs', 'long', 10],
    ['shorts', 'short', 10],
    ['chars', 'char', 256],
    ['strings', 'string', 5],
  ]
  if (peer === 'soft') natives.push(['enums', 'enum', 10], ['char1', 'char', 1])
  for (const [name, type, count] of natives)
    await check(`${peer}: ${name} is ${type} x ${count} and reads in every form`, async () => {
      const channel = await open(context, name)
      const info = await channel.connected()
      deepStrictEqual([info.nativeType, info.count], [type, count])
      for (const form of dbrForms) {
        const reading = await channel.get({ form, signal: patience() })
        deepStrictEqual(reading.type, type)
        deepStrictEqual(reading.time !== null, form === 'time')
        const hasMeta = (form === 'gr' || form === 'ctrl') && type !== 'string'
        deepStrictEqual(reading.meta !== null, hasMeta, `${form} meta`)
        deepStrictEqual(typeof reading.value === 'object', count > 1, `${form} array`)
      }
      channel.close()
    })
}

async function checkMetadata(peer: string, context: CaContext): Promise<void> {
  await check(`${peer}: limits, units and precision of a double`, async () => {
    const { meta } = await (await open(context, 'double')).get({ form: 'ctrl', signal: patience() })
    deepStrictEqual(meta, {
      kind: 'number',
      units: 'mm',
      precision: 3,
      display: { low: -10, high: 10 },
      alarm: { low: -8, high: 8 },
      warning: { low: -7, high: 7 },
      control: { low: -10, high: 10 },
    })
  })
  await check(`${peer}: states of an enum`, async () => {
    const { meta } = await (await open(context, 'enum')).get({ form: 'gr', signal: patience() })
    deepStrictEqual(meta, { kind: 'enum', states: ['Done', 'Acquire', 'Error'] })
  })
  await check(`${peer}: the time stamp is now`, async () => {
    const out = await open(context, 'out')
    await out.putCallback(1, { signal: patience() })
    const { time } = await out.get()
    ok(time !== null && Math.abs(unixSecondsOf(time) - Date.now() / 1000) < 5)
  })
}

async function checkPuts(peer: string, context: CaContext): Promise<void> {
  const values: [name: string, value: number | string | number[] | string[] | Float64Array, read: unknown][] =
    [
      ['out', 2.5, 2.5],
      ['long', -123_456, -123_456],
      ['string', 'some text', 'some text'],
      ['enum', 'Acquire', 1],
      ['enum', 2, 2],
      ['short1', -300, -300],
      ['float1', 0.25, 0.25],
      ['doubles', [1, -2.5, 1e300], [1, -2.5, 1e300]],
      ['floats', [0.5, 1.5], [0.5, 1.5]],
      ['longs', [1, -2, 2_147_483_647], [1, -2, 2_147_483_647]],
      ['shorts', [-32_768, 32_767], [-32_768, 32_767]],
      ['strings', ['one', 'two', 'three'], ['one', 'two', 'three']],
    ]
  if (peer === 'soft') values.push(['enums', [1, 65_535], [1, 65_535]], ['char1', 200, 200])
  for (const [name, value, read] of values)
    await check(`${peer}: put-callback of ${JSON.stringify(value)} to ${name} reads back`, async () => {
      const channel = await open(context, name)
      await channel.putCallback(value, { signal: patience() })
      const got = await channel.get({ signal: patience() })
      deepStrictEqual(typeof got.value === 'object' ? Array.from<unknown>(got.value) : got.value, read)
      channel.close()
    })
  await check(`${peer}: a long text goes to an array of characters`, async () => {
    const channel = await open(context, 'chars')
    const text = '/data/a rather long path/with more than forty bytes/file_%6.6d.h5'
    await channel.putCallback(text, { signal: patience() })
    const { value } = await channel.get({ signal: patience() })
    ok(value instanceof Uint8Array)
    deepStrictEqual(Buffer.from(value).toString().replace(/\0.*$/, ''), text)
  })
  await check(`${peer}: a plain put arrives`, async () => {
    const channel = await open(context, 'out')
    await channel.put(7.25, { signal: patience() })
    deepStrictEqual((await channel.get({ signal: patience() })).value, 7.25)
  })
  await check(`${peer}: 40,000 doubles go there and back`, async () => {
    const channel = await open(context, 'doubles')
    const value = Float64Array.from({ length: 40_000 }, (_, i) => Math.sin(i))
    await channel.putCallback(value, { signal: patience() })
    deepStrictEqual((await channel.get({ signal: patience() })).value, value)
  })
  await check(`${peer}: as many elements as there are, or as many as asked`, async () => {
    const channel = await open(context, 'longs')
    await channel.putCallback([5, 6, 7], { signal: patience() })
    deepStrictEqual((await channel.get({ signal: patience() })).count, 3)
    const asked = await channel.get({ count: 5, signal: patience() })
    // RSRV pads with zeros, caproto sends what there is.
    deepStrictEqual(
      Array.from<unknown>(asked.value as Int32Array),
      peer === 'soft' ? [5, 6, 7, 0, 0] : [5, 6, 7],
    )
  })
  await check(`${peer}: a put-callback waits for processing`, async () => {
    const channel = await open(context, 'slow')
    const startedMs = performance.now()
    await channel.putCallback(5, { signal: patience() })
    ok(performance.now() - startedMs > 900, 'came too early')
    deepStrictEqual((await (await open(context, 'slowdone')).get()).value, 5)
  })
  await check(`${peer}: garbage to an enum is refused`, async () => {
    const error = await rejection((await open(context, 'enum')).putCallback('Bogus', { signal: patience() }))
    deepStrictEqual([error.code, error.eca], ['CA_WRITE_FAILED', 160])
  })
  await check(`${peer}: no write access is known and refused here`, async () => {
    const channel = await open(context, 'readonly')
    deepStrictEqual([channel.info?.canRead, channel.info?.canWrite], [true, false])
    deepStrictEqual((await rejection(channel.putCallback(1))).code, 'CA_NO_WRITE_ACCESS')
  })
  await check(`${peer}: numbers and states as text`, async () => {
    const number = await open(context, 'out')
    await number.putCallback('3.25', { signal: patience() })
    deepStrictEqual((await number.get()).value, 3.25)
    const state = await open(context, 'enum')
    await state.putCallback(1, { signal: patience() })
    deepStrictEqual((await state.get({ type: 'string' })).value, 'Acquire')
  })
}

async function checkMonitors(peer: string, context: CaContext): Promise<void> {
  await check(`${peer}: a monitor gives the current value first, then every change`, async () => {
    const channel = await open(context, 'out')
    await channel.putCallback(0, { signal: patience() })
    const monitor = channel.monitor({ signal: patience() })
    deepStrictEqual((await nextOf(monitor)).reading.value, 0)
    for (let i = 1; i <= 20; i++) {
      await channel.putCallback(i, { signal: patience() })
      deepStrictEqual((await nextOf(monitor)).reading.value, i)
    }
    monitor.close()
  })
  await check(`${peer}: an enum blink 0-1-0 is seen`, async () => {
    const channel = await open(context, 'enum')
    await channel.putCallback(0, { signal: patience() })
    const monitor = channel.monitor({ signal: patience() })
    await nextOf(monitor)
    await channel.putCallback(1, { signal: patience() })
    await channel.putCallback(0, { signal: patience() })
    deepStrictEqual([(await nextOf(monitor)).reading.value, (await nextOf(monitor)).reading.value], [1, 0])
    monitor.close()
  })
  await check(`${peer}: a monitor of 40,000 doubles`, async () => {
    const channel = await open(context, 'doubles')
    const monitor = channel.monitor({ signal: patience() })
    await nextOf(monitor)
    const value = new Float64Array(40_000).fill(4)
    await channel.putCallback(value, { signal: patience() })
    deepStrictEqual((await nextOf(monitor)).reading.value, value)
    monitor.close()
  })
  await check(`${peer}: 20,000 unthrottled puts: the last value arrives`, async () => {
    const channel = await open(context, 'out')
    const monitor = channel.monitor({ signal: patience(60_000), maxUpdates: 50_000 })
    let seen = 0
    const last = untilValue(monitor, (update) => {
      seen += 1
      return update.reading.value === 20_000
    })
    for (let i = 1; i <= 20_000; i++) await channel.put(i)
    await last
    monitor.close()
    return `${seen} of 20,000 updates`
  })
  await check(`${peer}: a closed monitor costs the server nothing and others go on`, async () => {
    const channel = await open(context, 'counter')
    const first = channel.monitor({ signal: patience() })
    const second = channel.monitor({ signal: patience() })
    await nextOf(first)
    first.close()
    // What came before the close may still be read; then it ends.
    let left = 0
    while ((await first.next()).done !== true) left += 1
    ok(left < 20, `${left} readings after the close`)
    for (let i = 0; i < 4; i++) await nextOf(second)
    second.close()
  })
}

async function checkSoftOnly(context: CaContext): Promise<void> {
  await check('soft: the property event follows a change of units', async () => {
    const channel = await open(context, 'out')
    const units: string[] = []
    const stop = channel.on('property', (meta: CaMetadata) => {
      if (meta.kind === 'number') units.push(meta.units)
    })
    await eventually('first property event', () => units.length === 1, 5_000)
    await (await open(context, 'out.EGU')).putCallback('A', { signal: patience() })
    await eventually('second property event', () => units.includes('A'), 5_000)
    stop()
  })
  await check('soft: class name and acknowledgeable alarm', async () => {
    const channel = await open(context, 'double')
    deepStrictEqual((await channel.get({ type: 'className' })).value, 'ai')
    ok((await channel.get({ type: 'stsackString' })).acknowledge !== null)
  })
  await check('soft: an alarm comes with its severity', async () => {
    const channel = await open(context, 'double')
    const monitor = channel.monitor({ signal: patience(), mask: eventMask.alarm })
    await nextOf(monitor)
    await channel.putCallback(9, { signal: patience() })
    const { reading } = await nextOf(monitor)
    deepStrictEqual([reading.status, reading.severity], [3, 2])
    await channel.putCallback(1.5, { signal: patience() })
    monitor.close()
  })
  await check('soft: filters in names pass untouched', async () => {
    await (await open(context, 'longs')).putCallback([1, 1, 2, 3, 5, 8], { signal: patience() })
    const part = await open(context, 'longs.{"arr":{"s":2,"i":2,"e":4}}')
    deepStrictEqual((await part.get({ signal: patience() })).value, Int32Array.of(2, 5))
    const long = await open(context, 'string.DESC$')
    deepStrictEqual(
      Buffer.from((await long.get()).value as Uint8Array)
        .toString()
        .replace(/\0.*$/, ''),
      'a text',
    )
  })
}

async function checkReconnect(peer: string, ioc: IocProcess): Promise<void> {
  const context = createCaContext({
    addrList: [ioc.address],
    autoAddrList: false,
    repeaterPort: ioc.repeaterPort,
    connTimeoutMs: 1_000,
  })
  const channel = await open(context, 'counter')
  const connections: boolean[] = []
  channel.on('connection', (info) => connections.push(info !== null))
  const monitor = channel.monitor({ maxUpdates: 10 })
  await check(`${peer}: after a restart the channel and its monitor are back`, async () => {
    await nextOf(monitor)
    await ioc.kill()
    await eventually('disconnected', () => connections.at(-1) === false, 2_000)
    deepStrictEqual((await rejection(channel.get())).code, 'CA_DISCONNECTED')
    await ioc.start()
    const ms = await eventually('connected', () => connections.at(-1) === true, 10_000)
    await untilValue(monitor, (update) => update.reconnected)
    return `connected ${ms.toFixed(0)} ms after the IOC was ready`
  })
  await check(
    `${peer}: frozen it is disconnected within the time-out and 6 s, awake it is back`,
    async () => {
      await ioc.freeze()
      const pending = rejection(channel.get())
      const ms = await eventually('disconnected', () => connections.at(-1) === false, 7_000)
      deepStrictEqual((await pending).code, 'CA_UNRESPONSIVE')
      ioc.wake()
      await eventually('connected', () => connections.at(-1) === true, 10_000)
      await untilValue(monitor, (update) => update.reconnected)
      return `noticed after ${(ms / 1000).toFixed(1)} s`
    },
  )
  await check(`${peer}: frozen, killed and started it is back`, async () => {
    await ioc.freeze()
    await eventually('disconnected', () => connections.at(-1) === false, 7_000)
    await ioc.kill()
    await ioc.start()
    await eventually('connected', () => connections.at(-1) === true, 15_000)
    await untilValue(monitor, (update) => update.reconnected)
    ok((await channel.get({ signal: patience() })).count === 1)
    deepStrictEqual(context.statistics().circuits, 1)
  })
  monitor.close()
  await context.close()
}

async function checkContexts(peer: string, ioc: IocProcess): Promise<void> {
  await check(`${peer}: found over TCP by a name server entry`, async () => {
    const context = createCaContext({
      nameServers: [ioc.address],
      autoAddrList: false,
      repeaterPort: ioc.repeaterPort,
    })
    const channel = await open(context, 'double')
    deepStrictEqual((await channel.get({ signal: patience() })).count, 1)
    deepStrictEqual(context.statistics().circuits, 1)
    await context.close()
  })
  await check(`${peer}: a name that nobody has stays unconnected`, async () => {
    const context = createCaContext({
      addrList: [ioc.address],
      autoAddrList: false,
      repeaterPort: ioc.repeaterPort,
    })
    const error = await rejection(context.channel('no:such:pv').connected(patience(500)))
    deepStrictEqual(error.code, 'CA_ABORTED')
    await context.close()
  })
}

async function checkPeer(peer: 'soft' | 'caproto'): Promise<void> {
  const ioc = await iocProcess(python, peer)
  await ioc.start()
  const context = createCaContext({
    addrList: [ioc.address],
    autoAddrList: false,
    repeaterPort: ioc.repeaterPort,
  })
  try {
    await checkTypes(peer, context)
    await checkMetadata(peer, context)
    await checkPuts(peer, context)
    await checkMonitors(peer, context)
    if (peer === 'soft') await checkSoftOnly(context)
    await checkContexts(peer, ioc)
    await checkReconnect(peer, ioc)
  } finally {
    await context.close()
    await ioc.kill()
  }
}

async function checkMany(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bt-ca-'))
  const many = join(folder, 'many.db')
  const names = Array.from({ length: 10_000 }, (_, i) => `device:${i}:RBV`)
  writeFileSync(
    many,
    names.map((name) => `record(ai, "$(P)${name}") { field(VAL, "1") field(PINI, "YES") }\n`).join(''),
  )
  const ioc = await iocProcess(python, 'soft', [many])
  await ioc.start()
  const context = createCaContext({
    addrList: [ioc.address],
    autoAddrList: false,
    repeaterPort: ioc.repeaterPort,
  })
  try {
    await check('soft: 10,000 channels connect in less than 3 s', async () => {
      const startedMs = performance.now()
      const channels = names.map((name) => context.channel(prefix + name))
      await Promise.all(channels.map((channel) => channel.connected(patience(20_000))))
      const ms = performance.now() - startedMs
      await Promise.all(channels.map((channel) => channel.get({ signal: patience() })))
      ok(ms < 3_000, `took ${ms.toFixed(0)} ms`)
      return `${ms.toFixed(0)} ms`
    })
    await check('soft: 10,000 channels are back after a restart', async () => {
      await ioc.kill()
      await eventually('all disconnected', () => context.statistics().connected === 0, 5_000)
      await ioc.start()
      const ms = await eventually('all connected', () => context.statistics().connected === 10_000, 20_000)
      return `${ms.toFixed(0)} ms after the IOC was ready`
    })
  } finally {
    await context.close()
    await ioc.kill()
    rmSync(folder, { recursive: true })
  }
}

await checkPeer('soft')
await checkPeer('caproto')
await checkMany()
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
