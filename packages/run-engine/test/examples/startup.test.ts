import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { callPlan, isDevice, isPlanFunction, signatureOf, type PlanFunction } from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

const folder = new URL('../../../../examples/startup/', import.meta.url)

async function namespace(): Promise<Record<string, unknown>> {
  const names: Record<string, unknown> = {}
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  for (const file of files.toSorted()) Object.assign(names, await import(new URL(file, folder).href))
  return names
}

async function planOf(name: string): Promise<PlanFunction> {
  const plan = (await namespace())[name]
  if (!isPlanFunction(plan)) throw new Error(`${name} is not a plan`)
  return plan
}

test('the demo beamline has the names that tutorials expect', async () => {
  const names = await namespace()
  for (const name of [
    'det',
    'det5',
    'motor',
    'motor3',
    'sim_bundle_A',
    'sim_bundle_B',
    'custom_test_flyer',
    'th',
    'camera',
  ]) {
    expect(isDevice(names[name])).toBe(true)
  }
  for (const name of [
    'marked_up_count',
    'move_then_count',
    'count_bundle_test',
    'sim_multirun_plan_nested',
  ]) {
    expect(isPlanFunction(names[name])).toBe(true)
  }
  for (const name of ['function_sleep', 'push_buffer_element', 'pop_buffer_element', 'clear_buffer']) {
    expect(typeof names[name]).toBe('function')
    expect(isPlanFunction(names[name])).toBe(false)
  }
})

test('every plan of the demo beamline is exported under its own name and described', async () => {
  for (const [name, value] of Object.entries(await namespace())) {
    if (!isPlanFunction(value)) continue
    expect(signatureOf(value).name).toBe(name)
    expect(signatureOf(value).description).toBeTruthy()
  }
})

test('the rocking curve has its peak where the crystal reflects', async () => {
  const r = recordingEngine()
  await r.RE.run(callPlan(await planOf('rocking_curve'), { width: 0.6, num: 7 }))
  const counts = r.events().map((event) => Number(event.data['diode']))
  const highest = r.events()[counts.indexOf(Math.max(...counts))]
  expect(highest?.data['th']).toBeCloseTo(0.1, 6)
  expect(r.starts()[0]).toMatchObject({ plan_name: 'rocking_curve', num_points: 7 })
})

test('estimates agree with what the plans do', async () => {
  const r = recordingEngine()
  for (const [name, bound] of [
    ['xafs_scan', { density: 0.1 }],
    ['sample_map', { num: 3 }],
  ] as const) {
    const plan = await planOf(name)
    r.documents.length = 0
    await r.RE.run(callPlan(plan, bound))
    expect(signatureOf(plan).estimate?.(bound)?.points).toBe(r.events().length)
  }
})

test('nested runs are told apart, each with its own stream', async () => {
  const r = recordingEngine()
  await r.RE.run(callPlan(await planOf('sim_multirun_plan_nested'), { npts: 2, delay: 0 }))
  expect(r.stops().map((stop) => stop.num_events)).toEqual([{ primary: 3 }, { primary: 2 }])
  expect(r.starts()[0]).toHaveProperty('plan_name', 'sim_multirun_plan_nested')
})

test('the troublemakers fail with a text that says what happened', async () => {
  const r = recordingEngine()
  const { failing_det: detector, failing_motor: motor } = await namespace()
  const { count, mv } = await import('../../src/index.ts')
  expect((await failureOf(r.RE.run(count([detector as never])))).message).toContain('lost its high voltage')
  expect((await failureOf(r.RE.run(mv(motor, 1)))).message).toContain('hit its limit switch')
  const half = callPlan(await planOf('fail_halfway'), { num: 2 })
  expect((await failureOf(r.RE.run(half))).message).toContain('on purpose')
})

test('the camera gives an image and where its spot is', async () => {
  const r = recordingEngine()
  const { camera } = await namespace()
  const { count } = await import('../../src/index.ts')
  await r.RE.run(count([camera as never], 2))
  const [event] = r.events()
  expect(Reflect.get(Object(event?.data['camera_image']), 'shape')).toEqual([48, 64])
  expect(Number(event?.data['camera_spot_x'])).toBeGreaterThan(20)
})

test('the permissions file knows the three groups', () => {
  const text = readFileSync(new URL('user_group_permissions.yaml', folder), 'utf8')
  expect([...text.matchAll(/^ {2}(\w+):/gm)].map(([, group]) => group)).toEqual([
    'root',
    'primary',
    'test_user',
  ])
})
