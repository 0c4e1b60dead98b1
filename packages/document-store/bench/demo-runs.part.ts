import { composeRun, createDocumentEncoder, unixSeconds } from '@beamtime/event-model'

const plans = ['scan', 'count', 'grid_scan', 'rel_scan', 'list_scan', 'mv', 'tune', 'align', 'fly', 'xafs']
const users = ['mara', 'jon', 'li', 'sofia', 'amir']
const samples = Array.from(
  { length: 200 },
  (_, i) => `${['FeO', 'Si-111', 'Cu foil', 'LaB6', 'blank'][i % 5]} ${i}`,
)
const motors = ['th', 'x', 'y', 'phi', 'energy', 'gap']
const detectors = ['i0', 'diode', 'eiger', 'pilatus']

/** Small numbers that look random and are the same each time. */
export function randomSource(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 4_294_967_296
  }
}

const number = (unit: string) =>
  ({ dtype: 'number', shape: [], source: 'SIM:x', units: unit, precision: 3 }) as const

/** The encoded documents of run number i: a scan of one motor with two detector values a point. */
export function* demoRun(i: number, points: number): Generator<Uint8Array> {
  const random = randomSource(i + 1)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const motor = pick(motors)
  const detector = pick(detectors)
  const time = unixSeconds(1_760_000_000 + i * 300 + random() * 100)
  const encoder = createDocumentEncoder()
  const run = composeRun({
    time,
    now: () => unixSeconds(time + 250),
    metadata: {
      scan_id: i + 1,
      plan_name: pick(plans),
      plan_type: 'generator',
      motors: [motor],
      detectors: [detector],
      num_points: points,
      num_intervals: points - 1,
      plan_args: { num: points, args: [motor, -1, 1] },
      hints: { dimensions: [[[motor], 'primary']] },
      sample: { name: pick(samples), mass_mg: Math.round(random() * 1000) / 10 },
      user: pick(users),
      proposal: `2026-${1 + Math.floor(random() * 50)}`,
      temperature: Math.round(random() * 3000) / 10,
      comment: `measured at ${Math.round(random() * 100)} mA`,
      versions: { ophyd: '1.11.1', bluesky: '1.14.6' },
    },
  })
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: { [motor]: number('mm'), [detector]: number('counts'), [`${motor}_setpoint`]: number('mm') },
    object_keys: { [motor]: [motor, `${motor}_setpoint`], [detector]: [detector] },
    hints: { [motor]: { fields: [motor] }, [detector]: { fields: [detector] } },
  })
  yield encoder.encode(['start', run.startDoc])
  yield encoder.encode(['descriptor', stream.descriptorDoc])
  for (let point = 0; point < points; point++) {
    const at = unixSeconds(time + point)
    const x = -1 + (2 * point) / Math.max(points - 1, 1)
    const data = { [motor]: x, [detector]: Math.exp(-x * x * 20) * 1e5 + random(), [`${motor}_setpoint`]: x }
    const timestamps = { [motor]: at, [detector]: at, [`${motor}_setpoint`]: at }
    yield encoder.encode(['event', stream.composeEvent({ data, timestamps, time: at })])
  }
  yield encoder.encode([
    'stop',
    run.composeStop({
      exit_status: random() < 0.95 ? 'success' : 'abort',
      reason: random() < 0.05 ? 'beam lost' : '',
    }),
  ])
}
