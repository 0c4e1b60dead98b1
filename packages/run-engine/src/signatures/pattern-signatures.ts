import type { PlanParameter, PlanSignature } from '../plan-signature.ts'
import { fermatEstimate, spiralEstimate, squareEstimate } from './estimates.ts'
import {
  boolean,
  detectors,
  float,
  integer,
  md,
  motor,
  movesArgs,
  optionalFloat,
  perStep,
  text,
} from './parameters.ts'

/* As scan-signatures.ts: spirals, plans that follow the signal, and moves. */

const keyword = 'KEYWORD_ONLY' as const

const x = motor('x_motor', 'The motor of the horizontal axis.')
const y = motor('y_motor', 'The motor of the vertical axis.')
const xStart = float('x_start', 'Centre of the pattern, horizontal.')
const yStart = float('y_start', 'Centre of the pattern, vertical.')
const xRange = float('x_range', 'Full width of the pattern.')
const yRange = float('y_range', 'Full height of the pattern.')
const dr = float('dr', 'Distance between the rings.')
const nth = float('nth', 'Number of points on the first ring; each further ring has as many more.')
const factor = float('factor', 'Density: the distance of the rings is divided by it.')
const drY = optionalFloat('dr_y', 'Distance between the rings along y. None: as along x.', { kind: keyword })
const tilt = optionalFloat('tilt', 'Tilt of the pattern in radians.', {
  kind: keyword,
  default: 0,
  unit: 'rad',
})

const adaptive = (start: PlanParameter, stop: PlanParameter): readonly PlanParameter[] => [
  detectors,
  text('target_field', 'The field whose change decides about the step, e.g. the name of a detector.'),
  motor('motor', 'The motor that is scanned.'),
  start,
  stop,
  float('min_step', 'Smallest step.'),
  float('max_step', 'Largest step.'),
  float('target_delta', 'Wanted change of the field from point to point.'),
  boolean('backstep', 'Go back and measure again when a step was much too large.'),
  optionalFloat('threshold', 'A step is too large when the wanted one is below this part of it.', {
    default: 0.8,
  }),
  md,
]

export const patternSignatures = {
  spiral: {
    name: 'spiral',
    description: 'Scan a spiral of rings.',
    parameters: [detectors, x, y, xStart, yStart, xRange, yRange, dr, nth, drY, tilt, perStep, md],
    estimate: spiralEstimate,
  },
  rel_spiral: {
    name: 'rel_spiral',
    description: 'Scan a spiral of rings around where the motors are.',
    parameters: [detectors, x, y, xRange, yRange, dr, nth, drY, tilt, perStep, md],
    estimate: spiralEstimate,
  },
  spiral_fermat: {
    name: 'spiral_fermat',
    description: 'Scan a spiral of even density.',
    parameters: [detectors, x, y, xStart, yStart, xRange, yRange, dr, factor, drY, tilt, perStep, md],
    estimate: fermatEstimate,
  },
  rel_spiral_fermat: {
    name: 'rel_spiral_fermat',
    description: 'Scan a spiral of even density around where the motors are.',
    parameters: [detectors, x, y, xRange, yRange, dr, factor, drY, tilt, perStep, md],
    estimate: fermatEstimate,
  },
  spiral_square: {
    name: 'spiral_square',
    description: 'Scan a grid from its centre outwards.',
    parameters: [
      detectors,
      x,
      y,
      float('x_center', 'Centre of the grid, horizontal.'),
      float('y_center', 'Centre of the grid, vertical.'),
      xRange,
      yRange,
      float('x_num', 'Number of columns.'),
      float('y_num', 'Number of rows.'),
      perStep,
      md,
    ],
    estimate: squareEstimate,
  },
  rel_spiral_square: {
    name: 'rel_spiral_square',
    description: 'Scan a grid from where the motors are outwards.',
    parameters: [
      detectors,
      x,
      y,
      xRange,
      yRange,
      float('x_num', 'Number of columns.'),
      float('y_num', 'Number of rows.'),
      perStep,
      md,
    ],
    estimate: squareEstimate,
  },
  adaptive_scan: {
    name: 'adaptive_scan',
    description: 'Scan with small steps where the signal changes and large ones where it does not.',
    parameters: adaptive(float('start', 'First position.'), float('stop', 'Last position.')),
  },
  rel_adaptive_scan: {
    name: 'rel_adaptive_scan',
    description: 'Scan with steps that follow the signal, relative to where the motor is.',
    parameters: adaptive(
      float('start', 'First position, relative to where the motor is.'),
      float('stop', 'Last position, relative to where the motor is.'),
    ),
  },
  tune_centroid: {
    name: 'tune_centroid',
    description: 'Find the centre of a peak by ever finer scans and move there.',
    parameters: [
      detectors,
      text('signal', 'The field that has the peak, e.g. the name of a detector.'),
      motor('motor', 'The motor that is tuned.'),
      float('start', 'One end of the range.'),
      float('stop', 'The other end of the range.'),
      float('min_step', 'Done when the step is below this.'),
      integer('num', 'Number of points of each pass.', { default: 10, min: 2, step: 1 }),
      float('step_factor', 'Each pass has a range smaller by this.', { default: 3 }),
      boolean('snake', 'Scan back and forth instead of starting over.', { default: false }),
      md,
    ],
  },
  tweak: {
    name: 'tweak',
    description: 'Move a motor step by step, asking the operator for each step.',
    parameters: [
      {
        name: 'detector',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'What is read after each step.',
        annotation: { type: '__READABLE__' },
        convert_device_names: true,
      },
      text('target_field', 'The field that is shown.'),
      motor('motor', 'The motor that is moved.'),
      float('step', 'First suggestion of a step.'),
      md,
    ],
  },
  ramp_plan: {
    name: 'ramp_plan',
    description: 'Measure again and again while something is under way. Only from code.',
    parameters: [
      {
        name: 'go_plan',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Starts the ramp and returns its status.',
      },
      {
        name: 'monitor_sig',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'A signal that is monitored meanwhile.',
        annotation: { type: '__READABLE__' },
        convert_device_names: true,
      },
      {
        name: 'inner_plan_func',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Makes the plan of one measurement.',
      },
      boolean('take_pre_data', 'Measure once before the ramp.', { default: true }),
      optionalFloat('timeout', 'Fail when the ramp takes longer.', { unit: 's' }),
      optionalFloat('period', 'Shortest time between measurements.', { unit: 's' }),
      { ...md, kind: 'POSITIONAL_OR_KEYWORD' },
    ],
  },
  fly: {
    name: 'fly',
    description: 'Let flyers fly: start all, wait for all, collect all.',
    parameters: [
      {
        name: 'flyers',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Devices that gather data by themselves.',
        annotation: { type: 'list[__FLYABLE__]' },
        convert_device_names: true,
      },
      md,
    ],
  },
  mv: {
    name: 'mv',
    description: 'Move devices together and wait.',
    parameters: moveParameters('Device and position for each device.'),
  },
  mvr: {
    name: 'mvr',
    description: 'Move devices together relative to where they are, and wait.',
    parameters: moveParameters('Device and distance for each device.'),
  },
  sleep: {
    name: 'sleep',
    description: 'Wait some seconds.',
    parameters: [float('time', 'Seconds.', { min: 0, unit: 's' })],
  },
  null: { name: 'null', description: 'Do nothing.', parameters: [] },
} as const satisfies Record<string, PlanSignature>

function moveParameters(description: string): readonly PlanParameter[] {
  return [
    movesArgs(description),
    {
      name: 'group',
      kind: keyword,
      description: 'Name of the group of moves. Only from code.',
      annotation: { type: 'typing.Optional[collections.abc.Hashable]' },
      default: null,
    },
    optionalFloat('timeout', 'Fail when the moves take longer.', { kind: keyword, unit: 's' }),
  ]
}
