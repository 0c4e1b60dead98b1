// Monitors of both IOCs, and what only the C IOC has.
import { deepStrictEqual, ok } from 'node:assert/strict'
import { eventMask, type CaContext, type CaMetadata } from '../../src/index.ts'
import { check, eventually, nextOf, open, patience, untilValue } from './check-steps.ts'

export async function checkMonitors(peer: string, context: CaContext): Promise<void> {
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

export async function checkSoftOnly(context: CaContext): Promise<void> {
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
