import type { PlotChoice, RunSnap, RunSummary, StreamInfo } from '@beamtime/http-gateway/ui-types'
import { normal, seeded } from './random.ts'

/** A run of the fake server: its columns whole, of which the first `rows` have been measured. */
export interface FakeRun {
  readonly summary: RunSummary
  readonly start: Readonly<Record<string, unknown>>
  readonly columns: ReadonlyMap<string, Float64Array>
  readonly choice: PlotChoice
  readonly units: Readonly<Record<string, string>>
  rows: number
  stopTime: number | null
}

export type Shape = 'peak' | 'edge' | 'spectrum' | 'noise' | 'ramp' | 'map'

export interface RunSeed {
  readonly id: number
  readonly title: string
  readonly plan: string
  readonly motor: string | null
  readonly range: readonly [number, number]
  readonly unit: string
  readonly points: number
  readonly shape: Shape
  readonly user: string
  readonly startS: number
  readonly seconds: number
  readonly exit: RunSummary['exit_status']
  /** Rows measured; all by default. */
  readonly rows?: number
  readonly shift?: number
}

const gaussian = (x: number, centre: number, fwhm: number): number =>
  Math.exp((-4 * Math.LN2 * (x - centre) ** 2) / fwhm ** 2)

function signal(shape: Shape, u: number, random: () => number): number {
  switch (shape) {
    case 'peak':
      return (
        412 +
        101_600 * (0.75 * gaussian(u, -0.012, 0.118 * 2) + 0.25 / (1 + ((u + 0.012) / 0.118) ** 2)) +
        40 * normal(random)
      )
    case 'edge':
      return 900 + 60_000 / (1 + Math.exp(-u * 12)) + 300 * normal(random)
    case 'spectrum':
      return spectrum(u) + 0.006 * normal(random)
    case 'ramp':
      return 1000 * (u + 1.2) + 20 * normal(random)
    case 'noise':
    case 'map':
      return 480_000 + 900 * normal(random)
  }
}

function spectrum(u: number): number {
  const e = u + 0.5
  const step = 1 / (1 + Math.exp(-e * 60))
  return (
    0.06 +
    0.98 *
      step *
      (1 + 0.28 * Math.exp(-(((e - 0.08) / 0.06) ** 2)) + 0.12 * Math.cos(e * 22) * Math.exp(-e * 1.6))
  )
}

function iron(x: number, y: number): number {
  const blob = (cx: number, cy: number, w: number): number =>
    Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * w * w))
  const vein = Math.abs(y - (0.35 * x + 0.05 * Math.sin(6 * x) - 0.08)) < 0.03 ? 0.25 : 1
  return (
    55_000 *
    vein *
    Math.min(
      1,
      0.1 +
        0.9 * blob(0.05, -0.1, 0.12) +
        0.5 * blob(-0.6, -0.35, 0.25) +
        0.55 * blob(0.6, -0.4, 0.18) +
        0.6 * blob(0.3, 0.2, 0.3),
    )
  )
}

function lineColumns(seed: RunSeed): Map<string, Float64Array> {
  const random = seeded(seed.id)
  const [lo, hi] = seed.range
  const n = seed.points
  const u = Array.from({ length: n }, (_, i) => (n === 1 ? 0 : (i / (n - 1)) * 2 - 1))
  const x = u.map((v) => lo + ((v + 1) / 2) * (hi - lo))
  const main = u.map((v) => signal(seed.shape, v - (seed.shift ?? 0), random))
  const i0 = u.map((v) => Math.round(480_500 - 600 * v + 900 * normal(random)))
  const step = seed.seconds / n
  return new Map([
    ['seq_num', Float64Array.from(u, (_, i) => i + 1)],
    ['time', Float64Array.from(u, (_, i) => seed.startS + (i + 1) * step)],
    ...(seed.motor === null ? [] : [[seed.motor, Float64Array.from(x)] as const]),
    [signalName(seed), Float64Array.from(main, (v) => (seed.shape === 'spectrum' ? v : Math.round(v)))],
    ['i0', Float64Array.from(i0)],
  ])
}

function signalName(seed: RunSeed): string {
  return seed.shape === 'spectrum' ? 'mu' : seed.shape === 'map' ? 'fe_ka' : 'diode'
}

const gridShape = [31, 41] as const

function gridColumns(seed: RunSeed): Map<string, Float64Array> {
  const random = seeded(seed.id)
  const [rows, cols] = gridShape
  const n = rows * cols
  const cells = Array.from({ length: n }, (_, i) => {
    const row = Math.floor(i / cols)
    const step = i % cols
    const col = row % 2 === 1 ? cols - 1 - step : step
    return { x: -1 + (col * 2) / (cols - 1), y: -0.75 + (row * 1.5) / (rows - 1) }
  })
  const column = (value: (cell: { x: number; y: number }) => number): Float64Array =>
    Float64Array.from(cells, value)
  return new Map([
    ['seq_num', Float64Array.from(cells, (_, i) => i + 1)],
    ['time', Float64Array.from(cells, (_, i) => seed.startS + (i + 1) * (seed.seconds / n))],
    ['sam_x', column((c) => c.x)],
    ['sam_y', column((c) => c.y)],
    ['fe_ka', column((c) => Math.round(iron(c.x, c.y) + 300 * normal(random)))],
    ['ca_ka', column((c) => Math.round(31_000 - iron(c.x, c.y) * 0.5 + 400 * normal(random)))],
    ['si_ka', column((c) => Math.round(4200 + 3000 * Math.sin(c.x * 2 + c.y * 3)))],
    ['diode', column((c) => Math.round(140_000 - iron(c.x, c.y) * 0.5))],
    ['eiger_sum', column((c) => Math.round(iron(c.x, c.y) * 120))],
  ])
}

export function fakeRun(seed: RunSeed): FakeRun {
  const isMap = seed.shape === 'map'
  const columns = isMap ? gridColumns(seed) : lineColumns(seed)
  const motors = isMap ? ['sam_y', 'sam_x'] : seed.motor === null ? [] : [seed.motor]
  const units = unitsOf(seed)
  const detectors = [...columns.keys()].filter((name) => !['seq_num', 'time', ...motors].includes(name))
  const uid = `run-${seed.id}`
  const stopTime = seed.exit === null ? null : seed.startS + seed.seconds
  const start = startOf(seed, { uid, motors, detectors })
  const summary: RunSummary = {
    uid,
    scan_id: seed.id,
    plan_name: seed.plan,
    sample: null,
    title: seed.title,
    user: seed.user,
    time: seed.startS,
    stop_time: stopTime,
    exit_status: seed.exit,
    reason: seed.exit === 'fail' ? 'mono_energy did not reach 7.1735 keV within 30 s' : null,
    duration: stopTime === null ? null : seed.seconds,
    num_points: seed.points,
    points: seed.rows ?? seed.points,
    num_events: { primary: seed.rows ?? seed.points },
    motors,
    motor_ranges: [],
    detectors,
    item_uid: null,
    archived: false,
    spark: sparkOf(columns.get(signalName(seed)), seed.rows ?? seed.points),
  }
  const choice: PlotChoice = isMap
    ? {
        stream: 'primary',
        kind: 'grid',
        x: 'sam_x',
        y: 'sam_y',
        columns: detectors,
        table: ['sam_x', 'sam_y', ...detectors],
        units,
        grid: {
          shape: gridShape,
          extents: [
            [-0.75, 0.75],
            [-1, 1],
          ],
          snaking: true,
        },
      }
    : {
        stream: 'primary',
        kind: 'line',
        x: seed.motor ?? 'time',
        y: null,
        columns: detectors,
        table: [...motors, ...detectors],
        units,
      }
  return { summary, start, columns, choice, units, rows: seed.rows ?? seed.points, stopTime }
}

function unitsOf(seed: RunSeed): Readonly<Record<string, string>> {
  const isMap = seed.shape === 'map'
  return isMap
    ? { sam_x: 'mm', sam_y: 'mm', fe_ka: 'cts', ca_ka: 'cts', si_ka: 'cts', diode: 'cts', eiger_sum: 'cts' }
    : {
        ...(seed.motor === null ? {} : { [seed.motor]: seed.unit }),
        [signalName(seed)]: seed.shape === 'spectrum' ? '' : 'cts',
        i0: 'cts',
      }
}

function startOf(
  seed: RunSeed,
  o: { readonly uid: string; readonly motors: readonly string[]; readonly detectors: readonly string[] },
): Readonly<Record<string, unknown>> {
  const { uid, motors, detectors } = o
  const isMap = seed.shape === 'map'
  return {
    uid,
    time: seed.startS,
    scan_id: seed.id,
    plan_name: seed.plan,
    plan_type: 'generator',
    plan_args: isMap
      ? { detectors, args: ['sam_y', -0.75, 0.75, 31, 'sam_x', -1, 1, 41, true] }
      : { detectors, num: seed.points, args: [seed.motor, ...seed.range] },
    motors,
    detectors,
    num_points: seed.points,
    title: seed.title,
    proposal: '2026-0417',
    operator: seed.user,
    temperature: 295.3,
    ring_current: 100.2,
    mono_crystal: 'Si-111',
    mirror_stripe: 'Rh',
    note: 'second pellet',
  }
}

function sparkOf(column: Float64Array | undefined, rows: number): readonly number[] {
  if (column === undefined || rows < 2) return []
  return Array.from(
    { length: Math.min(24, rows) },
    (_, i) => column[Math.floor((i / Math.min(23, rows - 1)) * (rows - 1))] ?? 0,
  )
}

export function streamsOf(run: FakeRun): readonly StreamInfo[] {
  const columns = [...run.columns.keys()]
    .filter((name) => name !== 'seq_num' && name !== 'time')
    .map((name) => ({
      name,
      dtype: run.summary.motors.includes(name) ? 'number' : 'integer',
      shape: [],
      unit: run.units[name] ?? null,
      precision: run.summary.motors.includes(name) ? 4 : null,
      object: name,
      external: false,
    }))
  return [{ name: 'primary', rows: run.rows, columns }]
}

export function snapOf(run: FakeRun): RunSnap {
  return {
    uid: run.summary.uid,
    start: run.start,
    ...(run.stopTime === null
      ? {}
      : {
          stop: {
            uid: `${run.summary.uid}-stop`,
            time: run.stopTime,
            exit_status: run.summary.exit_status,
            num_events: { primary: run.rows },
          },
        }),
    descriptors: [
      {
        uid: `${run.summary.uid}-d`,
        name: 'primary',
        data_keys: Object.fromEntries(
          streamsOf(run)[0]?.columns.map((column) => [
            column.name,
            { dtype: 'number', shape: [], source: 'SIM' },
          ]) ?? [],
        ),
      },
    ],
    streams: streamsOf(run),
    choices: [run.choice],
    peaks: [],
    summary: { ...run.summary, points: run.rows, num_events: { primary: run.rows } },
  }
}
