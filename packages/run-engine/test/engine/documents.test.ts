import { validateDocument, isDocumentName } from '@beamtime/event-model'
import { expect, test } from 'vitest'
import {
  Msg,
  Signal,
  count,
  fly,
  gridScan,
  relGridScan,
  runWrapper,
  scan,
  spiralSquare,
  triggerAndRead,
  x2xScan,
  type Plan,
} from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

const det =
  "SynGauss(prefix='', name='det', read_attrs=['val'], configuration_attrs=['Imax', 'center', 'sigma', 'noise', 'noise_multiplier'])"
const axis = (name: string): string =>
  `SynAxis(prefix='', name='${name}', read_attrs=['readback', 'setpoint'], configuration_attrs=['velocity', 'acceleration'])`

/** Uids numbered by first appearance; times left out. Golden documents of the contract, appendix A. */
function golden(documents: readonly (readonly [string, unknown])[]): unknown {
  const uids = new Map<string, string>()
  const uidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (!uidPattern.test(value)) return value
      if (!uids.has(value)) uids.set(value, `uid${uids.size + 1}`)
      return uids.get(value)
    }
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const { uid, ...rest } = value as Record<string, unknown>
    const entries = [...(uid === undefined ? [] : [['uid', uid] as const]), ...Object.entries(rest)]
    return Object.fromEntries(
      entries
        .filter(([key]) => !['time', 'timestamps', 'versions'].includes(key))
        .map(([key, item]) => [key, walk(item)]),
    )
  }
  return documents.map(walk)
}

test('a scan emits the golden documents', async () => {
  const r = recordingEngine()
  await r.RE.run(scan([r.hw.det], r.hw.motor, -1, 1, 3, { md: { sample: 'dirt' } }), null, { purpose: 'x' })
  const config = (key: string, dtype = 'integer'): unknown => ({ source: `SIM:${key}`, dtype, shape: [] })
  const number = (name: string, object: string): unknown => ({
    source: `SIM:${name}`,
    dtype: 'number',
    shape: [],
    precision: 3,
    object_name: object,
  })
  const event = (n: number, data: unknown): unknown => [
    'event',
    { uid: `uid${n + 2}`, descriptor: 'uid2', seq_num: n, filled: {}, data },
  ]
  expect(golden(r.documents)).toEqual([
    [
      'start',
      {
        uid: 'uid1',
        scan_id: 1,
        plan_type: 'generator',
        plan_name: 'scan',
        detectors: ['det'],
        motors: ['motor'],
        num_points: 3,
        num_intervals: 2,
        plan_args: { detectors: [det], num: 3, args: [axis('motor'), -1, 1], per_step: 'None' },
        hints: { dimensions: [[['motor'], 'primary']] },
        plan_pattern: 'inner_product',
        plan_pattern_module: 'bluesky.plan_patterns',
        plan_pattern_args: { num: 3, args: [axis('motor'), -1, 1] },
        sample: 'dirt',
        purpose: 'x',
      },
    ],
    [
      'descriptor',
      {
        uid: 'uid2',
        run_start: 'uid1',
        name: 'primary',
        data_keys: {
          det: number('det', 'det'),
          motor: number('motor', 'motor'),
          motor_setpoint: number('motor_setpoint', 'motor'),
        },
        object_keys: { det: ['det'], motor: ['motor', 'motor_setpoint'] },
        hints: { det: { fields: ['det'] }, motor: { fields: ['motor'] } },
        object_classes: {},
        configuration: {
          det: {
            data: { det_Imax: 1, det_center: 0, det_sigma: 1, det_noise: 'none', det_noise_multiplier: 1 },
            data_keys: {
              det_Imax: config('det_Imax'),
              det_center: config('det_center'),
              det_sigma: config('det_sigma'),
              det_noise: { ...Object(config('det_noise')), enum_strs: ['none', 'poisson', 'uniform'] },
              det_noise_multiplier: config('det_noise_multiplier'),
            },
          },
          motor: {
            data: { motor_velocity: 1, motor_acceleration: 1 },
            data_keys: {
              motor_velocity: config('motor_velocity'),
              motor_acceleration: config('motor_acceleration'),
            },
          },
        },
      },
    ],
    event(1, { det: 0.6065306597126334, motor: -1, motor_setpoint: -1 }),
    event(2, { det: 1, motor: 0, motor_setpoint: 0 }),
    event(3, { det: 0.6065306597126334, motor: 1, motor_setpoint: 1 }),
    [
      'stop',
      { uid: 'uid6', run_start: 'uid1', exit_status: 'success', reason: '', num_events: { primary: 3 } },
    ],
  ])
})

test('a snaked relative grid says so in its start document, and det4 sees its corners', async () => {
  const r = recordingEngine()
  const { det4, motor1, motor2 } = r.hw
  await r.RE.run(relGridScan([det4], motor1, 0, 1, 2, motor2, 0, 1, 2, { snake_axes: [motor2] }))
  expect(r.starts()[0]).toMatchObject({
    plan_args: { args: [axis('motor1'), 0, 1, 2, axis('motor2'), 0, 1, 2, true] },
    snaking: [false, true],
    shape: [2, 2],
    extents: [
      [0, 1],
      [0, 1],
    ],
    motors: ['motor1', 'motor2'],
    hints: {
      gridding: 'rectilinear',
      dimensions: [
        [['motor1'], 'primary'],
        [['motor2'], 'primary'],
      ],
    },
  })
  expect(r.events().map((event) => event.data['det4'])).toEqual([
    1.0, 0.6065306597126334, 0.36787944117144233, 0.6065306597126334,
  ])
})

test('hints of the caller are completed, and merged over those of a scan', async () => {
  const r = recordingEngine()
  const { det, motor, motor1, motor2 } = r.hw
  await r.RE.run(count([det], 1, 0, { md: { hints: { foo: 1 } } }))
  await r.RE.run(scan([det], motor, 0, 1, 2, { md: { hints: { foo: 1 } } }))
  await r.RE.run(scan([det], motor1, 0, 1, motor2, 0, 2, 2))
  expect(r.starts().map((start) => start.hints)).toEqual([
    { foo: 1, dimensions: [[['time'], 'primary']] },
    { dimensions: [[['motor'], 'primary']], foo: 1 },
    { dimensions: [[['motor1', 'motor2'], 'primary']] },
  ])
})

test('a square spiral lists y first and has no pattern arguments', async () => {
  const r = recordingEngine()
  await r.RE.run(spiralSquare([r.hw.det4], r.hw.motor1, r.hw.motor2, 0, 0, 2, 2, 3, 3))
  const [start] = r.starts()
  expect(start).toMatchObject({
    shape: [3, 3],
    extents: [
      [-1, 1],
      [-1, 1],
    ],
    hints: {
      gridding: 'rectilinear_nonsequential',
      dimensions: [
        [['motor2'], 'primary'],
        [['motor1'], 'primary'],
      ],
    },
    plan_pattern: 'spiral_square',
  })
  expect(start).not.toHaveProperty('plan_pattern_args')
})

test('x2x_scan moves the second motor half as far, on one joint dimension', async () => {
  const r = recordingEngine()
  await r.RE.run(x2xScan([r.hw.det], r.hw.motor1, r.hw.motor2, 0, 2, 3))
  expect(r.starts()[0]).toMatchObject({
    plan_name: 'x2x_scan',
    plan_args: { motor1: 'motor1', motor2: 'motor2', start: 0, stop: 2, num: 3 },
    plan_pattern_args: { args: [axis('motor1'), 0, 2, axis('motor2'), 0, 1] },
    hints: { dimensions: [[['motor1', 'motor2'], 'primary']] },
  })
})

test('a flyer gives one page of all its points', async () => {
  const r = recordingEngine()
  await r.RE.run(fly([r.hw.flyer1]))
  expect(r.documents.map(([name]) => name)).toEqual(['start', 'descriptor', 'event_page', 'stop'])
  expect(r.starts()[0]).toMatchObject({ scan_id: 1, plan_type: 'generator', plan_name: 'fly' })
  expect(r.descriptors()[0]).toMatchObject({
    name: 'flyer1',
    object_keys: { flyer1: ['motor', 'motor_setpoint', 'det'] },
    hints: {},
  })
  const page = r.documents[2]?.[1] as { seq_num: readonly number[]; filled: unknown }
  expect(page.seq_num).toHaveLength(20)
  expect(page.filled).toEqual({})
  expect(r.stops()[0]?.num_events).toEqual({ flyer1: 20 })
})

test('configure in the middle of a run gives a new descriptor at once, and seq_num goes on', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield* triggerAndRead([r.hw.det])
    yield Msg('configure', r.hw.det, { args: [{ sigma: 2 }] })
    yield* triggerAndRead([r.hw.det])
  }
  await r.RE.run(runWrapper(plan()))
  expect(r.documents.map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    'event',
    'descriptor',
    'event',
    'stop',
  ])
  expect(r.descriptors().map((d) => d.configuration?.['det']?.data?.['det_sigma'])).toEqual([1, 2])
  expect(r.events().map((event) => event.seq_num)).toEqual([1, 2])
})

test('assets come before their event, and the event says that they are not filled', async () => {
  const r = recordingEngine()
  await r.RE.run(count([r.hw.img], 2))
  expect(r.documents.map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    'resource',
    'datum',
    'event',
    'datum',
    'event',
    'stop',
  ])
  expect(r.events()[0]?.filled).toEqual({ img: false })
  expect(r.documents[2]?.[1]).toMatchObject({ spec: 'NPY_SEQ', run_start: r.starts()[0]?.uid })
})

test('runs left open are closed in the order in which they were opened', async () => {
  const r = recordingEngine()
  await r.RE.run([Msg('open_run', null, { run: 'a' }), Msg('open_run', null, { run: 'b' })])
  expect(r.stops().map((stop) => stop.run_start)).toEqual(r.starts().map((start) => start.uid))
})

test('every emitted document is valid', async () => {
  const r = recordingEngine({ recordInterruptions: true })
  await r.RE.run(
    gridScan(
      [r.hw.det4, r.hw.img, r.hw.ab_det, r.hw.direct_img_list],
      r.hw.motor1,
      0,
      1,
      2,
      r.hw.motor2,
      0,
      1,
      2,
    ),
  )
  for (const [name, doc] of r.documents) {
    expect(isDocumentName(name) && validateDocument(name, doc)).toEqual({ ok: true })
  }
})

test('a key of two objects in one event is refused', async () => {
  const r = recordingEngine()
  const failure = await failureOf(r.RE.run(runWrapper(triggerAndRead([r.hw.det, r.hw.identical_det]))))
  expect(failure.message).toContain("'det'")
})

test('other objects in a known stream are refused by name', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield* triggerAndRead([r.hw.det])
    yield* triggerAndRead([r.hw.motor])
  }
  expect((await failureOf(r.RE.run(runWrapper(plan())))).message).toContain(
    "the stream 'primary' is made of det, but motor were read",
  )
})

test('a monitored signal gives an event at each change, until the run ends', async () => {
  const r = recordingEngine()
  const signal = new Signal('pressure', { value: 1 })
  const plan = function* (): Plan<void> {
    yield Msg('monitor', signal, { kwargs: { name: 'pressure_monitor' } })
    yield Msg('set', signal, { args: [2] })
    yield Msg('set', signal, { args: [3] })
  }
  await r.RE.run(runWrapper(plan()))
  signal.put(4)
  expect(r.events('pressure_monitor').map((event) => event.data)).toEqual([{ pressure: 2 }, { pressure: 3 }])
  expect(r.stops()[0]?.num_events).toEqual({ pressure_monitor: 2 })
})

test('monitors rest during a pause', async () => {
  const r = recordingEngine()
  const signal = new Signal('pressure', { value: 1 })
  await failureOf(
    r.RE.run([
      Msg('open_run'),
      Msg('monitor', signal, { kwargs: { name: 'm' } }),
      Msg('pause'),
      Msg('set', signal, { args: [5] }),
      Msg('close_run'),
    ]),
  )
  signal.put(2)
  expect(r.events('m')).toHaveLength(0)
  await r.RE.resume()
  expect(r.events('m').map((event) => event.data['pressure'])).toEqual([2, 5])
})

test('interruptions are recorded and counted, and no rewind takes them back', async () => {
  const r = recordingEngine({ recordInterruptions: true })
  await failureOf(r.RE.run([Msg('open_run'), Msg('null'), Msg('pause'), Msg('close_run')]))
  await r.RE.resume()
  expect(r.events('interruptions').map((event) => event.data['interruption'])).toEqual(['pause', 'resume'])
  expect(r.stops()[0]?.num_events).toEqual({ interruptions: 2 })
})
