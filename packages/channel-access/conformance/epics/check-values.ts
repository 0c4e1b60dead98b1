// Types, metadata and puts of each native type.
import { deepStrictEqual, ok } from 'node:assert/strict'
import { dbrForms, unixSecondsOf, type CaContext } from '../../src/index.ts'
import { check, open, patience, rejection } from './check-steps.ts'

export async function checkTypes(peer: string, context: CaContext): Promise<void> {
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

export async function checkMetadata(peer: string, context: CaContext): Promise<void> {
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

export async function checkPuts(peer: string, context: CaContext): Promise<void> {
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
