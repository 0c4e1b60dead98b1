// Plans of the demo beamline. A plan is a generator: it yields instructions and knows nothing of the engine that
// executes them. What annotatePlan says about it becomes the form, its help texts and the checks of the queue.

import {
  absSet,
  annotatePlan,
  gridScan,
  listScan,
  mv,
  peakStatistics,
  rampPlan,
  rd,
  relScan,
  runWrapper,
  stageWrapper,
  tuneCentroid,
  triggerAndRead,
  type Device,
  type Locatable,
  type Movable,
  type Plan,
  type PlanParameter,
  type Readable,
} from '@beamtime/run-engine'
import { energy, sam_x, sam_y, sam_z, shutter, slit, th, tth } from './10-motors.ts'
import { diode, i0, vortex } from './20-detectors.ts'
import { temperature } from './30-temperature.ts'

const md: PlanParameter = {
  name: 'md',
  kind: 'KEYWORD_ONLY',
  description: 'Further metadata of the run, by name.',
  annotation: { type: 'typing.Optional[dict[str, typing.Any]]' },
  default: null,
}

interface Options {
  readonly md?: Readonly<Record<string, unknown>> | null
}

/** Rocks the sample through its reflection. */
export const rocking_curve = annotatePlan(
  function* (
    ...[width = 0.5, num = 51, options = {}]: [width?: number, num?: number, options?: Options]
  ): Plan {
    const extra = { plan_name: 'rocking_curve', ...options.md }
    return yield* relScan([diode, i0], th, -width / 2, width / 2, num, { md: extra })
  },
  {
    name: 'rocking_curve',
    description: 'Rock the sample through its reflection: diode over th, around where th is.',
    parameters: [
      {
        name: 'width',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Full width of the scan.',
        annotation: { type: 'float' },
        default: 0.5,
        min: 0.001,
        max: 10,
        unit: 'deg',
      },
      {
        name: 'num',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Number of points.',
        annotation: { type: 'int' },
        default: 51,
        min: 3,
        max: 10_000,
      },
      md,
    ],
    estimate: ({ num }) => ({ points: typeof num === 'number' ? num : 51 }),
  },
)

/** Energies of K edges in eV. */
const edges = { Ti: 4966, Mn: 6539, Fe: 7112, Co: 7709, Ni: 8333, Cu: 8979, Zn: 9659 } as const

function isEdge(name: string): name is keyof typeof edges {
  return name in edges
}

/** Coarse before the edge, fine across it, ever wider steps behind. */
function edgeEnergies(edgeEv: number, density: number): readonly number[] {
  const region = (from: number, to: number, step: number): number[] => {
    const num = Math.max(1, Math.round(((to - from) * density) / step))
    return Array.from({ length: num }, (_, i) => edgeEv + from + ((to - from) * i) / num)
  }
  return [
    ...region(-150, -20, 10),
    ...region(-20, 40, 1),
    ...region(40, 150, 3),
    ...region(150, 400, 8),
    edgeEv + 400,
  ]
}

/** X-ray absorption spectrum across an edge. */
export const xafs_scan = annotatePlan(
  function* (
    ...[edge = 'Fe', density = 1, options = {}]: [edge?: string, density?: number, options?: Options]
  ): Plan {
    if (!isEdge(edge)) throw new Error(`no edge is known for '${edge}'`)
    const extra = { plan_name: 'xafs_scan', edge: `${edge} K`, edge_energy: edges[edge], ...options.md }
    return yield* listScan([vortex, i0], energy, edgeEnergies(edges[edge], density), { md: extra })
  },
  {
    name: 'xafs_scan',
    description: 'X-ray absorption spectrum: fluorescence over energy, fine steps across the edge.',
    parameters: [
      {
        name: 'edge',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'The element whose K edge is scanned. The demo sample contains iron.',
        annotation: { type: 'Edges', enums: { Edges: Object.keys(edges) } },
        default: 'Fe',
      },
      {
        name: 'density',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Points relative to the usual spacing: 2 takes twice as many.',
        annotation: { type: 'float' },
        default: 1,
        min: 0.1,
        max: 10,
        step: 0.1,
      },
      md,
    ],
    estimate: ({ density }) => ({
      points: edgeEnergies(0, typeof density === 'number' ? density : 1).length,
    }),
  },
)

/** A square map of the sample. */
export const sample_map = annotatePlan(
  function* (...[size = 2, num = 21, options = {}]: [size?: number, num?: number, options?: Options]): Plan {
    const half = size / 2
    return yield* gridScan([vortex, i0], sam_y, -half, half, num, sam_x, -half, half, num, {
      snake_axes: true,
      md: { plan_name: 'sample_map', ...options.md },
    })
  },
  {
    name: 'sample_map',
    description: 'Map of the sample: fluorescence over sam_x and sam_y, going back and forth.',
    parameters: [
      {
        name: 'size',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Side of the map, centred at 0.',
        annotation: { type: 'float' },
        default: 2,
        min: 0.01,
        max: 20,
        unit: 'mm',
      },
      {
        name: 'num',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Points along each side.',
        annotation: { type: 'int' },
        default: 21,
        min: 2,
        max: 500,
      },
      md,
    ],
    estimate: ({ num }) => ({ points: (typeof num === 'number' ? num : 21) ** 2 }),
  },
)

/** Measures while the temperature goes from where it is to a target. */
export const temperature_ramp = annotatePlan(
  function* (
    ...[target, period = 0.5, options = {}]: [target: number, period?: number, options?: Options]
  ): Plan {
    const extra = {
      plan_name: 'temperature_ramp',
      detectors: [diode.name, i0.name],
      motors: [temperature.name],
      hints: { dimensions: [[['temperature'], 'primary']] },
      ...options.md,
    }
    const measure = (): Plan => triggerAndRead([diode, i0, temperature])
    const ramp = rampPlan(absSet(temperature, target), temperature, measure, true, null, period, extra)
    return yield* stageWrapper(ramp, [diode, i0])
  },
  {
    name: 'temperature_ramp',
    description: 'Measure again and again while the sample is heated or cooled to a target.',
    parameters: [
      {
        name: 'target',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Temperature to go to.',
        annotation: { type: 'float' },
        min: 80,
        max: 500,
        unit: 'K',
      },
      {
        name: 'period',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Shortest time between measurements.',
        annotation: { type: 'float' },
        default: 0.5,
        min: 0,
        max: 60,
        unit: 's',
      },
      md,
    ],
  },
)

type AlignedMotor = Locatable & Movable & Readable

/** Scans a motor around where it is and moves to the centre of the peak. Returns the centre. */
export const align = annotatePlan(
  function* (
    ...[motor = th, detector = diode, width = 0.6, num = 31, options = {}]: [
      motor?: AlignedMotor,
      detector?: Readable,
      width?: number,
      num?: number,
      options?: Options,
    ]
  ): Plan<number> {
    const start = Number(yield* rd(motor))
    const xs: number[] = []
    const ys: number[] = []
    const points = function* (): Plan<void> {
      for (let i = 0; i < num; i++) {
        const position = start - width / 2 + (width * i) / (num - 1)
        yield* mv(motor, position)
        const readings = yield* triggerAndRead([detector, motor])
        xs.push(position)
        ys.push(Number(readings[detector.name]?.value))
      }
    }
    const extra = {
      plan_name: 'align',
      detectors: [detector.name],
      motors: [motor.name],
      num_points: num,
      hints: { dimensions: [[[motor.name], 'primary']] },
      ...options.md,
    }
    yield* stageWrapper(runWrapper(points(), { md: extra }), [detector, motor] as readonly Device[])
    const center = peakStatistics(xs, ys)?.cen ?? start
    yield* mv(motor, center)
    return center
  },
  {
    name: 'align',
    description: 'Scan a motor around where it is and move to the centre of the peak.',
    parameters: [
      {
        name: 'motor',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'What is aligned.',
        annotation: { type: '__MOVABLE__' },
        default: 'th',
      },
      {
        name: 'detector',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'What has the peak.',
        annotation: { type: '__READABLE__' },
        default: 'diode',
      },
      {
        name: 'width',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Full width of the scan, in units of the motor.',
        annotation: { type: 'float' },
        default: 0.6,
        min: 0,
      },
      {
        name: 'num',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Number of points.',
        annotation: { type: 'int' },
        default: 31,
        min: 3,
        max: 1000,
      },
      md,
    ],
    estimate: ({ num }) => ({ points: typeof num === 'number' ? num : 31 }),
  },
)

/** Finds the reflection by ever finer scans of th. */
export const find_reflection = annotatePlan(
  function* (...[options = {}]: [options?: Options]): Plan {
    const extra = { plan_name: 'find_reflection', ...options.md }
    return yield* tuneCentroid([diode], 'diode', th, -0.5, 0.5, 0.005, 11, 3, false, { md: extra })
  },
  {
    name: 'find_reflection',
    description: 'Find the reflection by ever finer scans of th and move there.',
    parameters: [md],
  },
)

/** Brings the beamline to a safe place. Takes no data. */
export const park = annotatePlan(
  function* (...[close_shutter = true]: [close_shutter?: boolean]): Plan<void> {
    if (close_shutter) yield* mv(shutter, 'closed')
    yield* mv(th, 0, tth, 0, sam_x, 0, sam_y, 0, sam_z, 0, slit.gap, 0.5, slit.center, 0)
  },
  {
    name: 'park',
    description: 'Bring all motors to their parking places and close the shutter. Takes no data.',
    parameters: [
      {
        name: 'close_shutter',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Close the shutter first.',
        annotation: { type: 'bool' },
        default: true,
      },
    ],
  },
)
