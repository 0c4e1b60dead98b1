import type { PlanParameter, PlanSignature } from '../plan-signature.ts'
import { gridEstimate, lineEstimate, listEstimate, listGridEstimate, numEstimate } from './estimates.ts'
import { detectors, float, integer, md, motor, movesArgs, perStep } from './parameters.ts'

/* What the standard plans take, under their wire names. Parameter names, kinds, types and defaults are those of the
 * Python plans; the descriptions become help texts of forms. */

const keyword = 'KEYWORD_ONLY' as const

const count: PlanSignature = {
  name: 'count',
  description: 'Take readings of detectors, once or several times.',
  parameters: [
    detectors,
    {
      name: 'num',
      kind: 'POSITIONAL_OR_KEYWORD',
      description: 'Number of readings. None: until stopped.',
      annotation: { type: 'typing.Optional[int]' },
      default: 1,
    },
    {
      name: 'delay',
      kind: 'POSITIONAL_OR_KEYWORD',
      description: 'Time from one reading to the next in seconds; a list gives each one.',
      annotation: { type: 'typing.Union[float, collections.abc.Iterable[float]]' },
      default: 0,
      unit: 's',
    },
    {
      name: 'per_shot',
      kind: keyword,
      description: 'A plan that replaces what is done for each reading. Only from code.',
      default: null,
    },
    md,
  ],
  estimate: numEstimate,
}

const lineArgs = movesArgs(
  'Motor, start, stop for each motor; all move together. The number of points comes last, or as num.',
)
const lineNum: PlanParameter = {
  name: 'num',
  kind: keyword,
  description: 'Number of points, both ends included.',
  annotation: { type: 'typing.Optional[int]' },
  default: null,
}
const listArgs = movesArgs('Motor and list of positions for each motor; all lists have the same length.')
const gridArgs = movesArgs(
  'Motor, start, stop, number of points for each motor; the first motor is the slowest.',
)
const snakeAxes: PlanParameter = {
  name: 'snake_axes',
  kind: keyword,
  description:
    'Go back and forth instead of starting over: true for all motors but the first, or a list of motors.',
  annotation: { type: 'typing.Union[collections.abc.Iterable[typing.Any], bool, NoneType]' },
  default: null,
  convert_device_names: true,
}
const listSnakeAxes: PlanParameter = {
  name: 'snake_axes',
  kind: keyword,
  description: 'Go back and forth instead of starting over.',
  annotation: { type: 'bool' },
  default: false,
}

const numParameter = integer('num', 'Number of points, both ends included.', { min: 1, step: 1 })

export const scanSignatures = {
  count,
  scan: {
    name: 'scan',
    description: 'Scan one or several motors together along a line.',
    parameters: [detectors, lineArgs, lineNum, perStep, md],
    estimate: lineEstimate,
  },
  rel_scan: {
    name: 'rel_scan',
    description: 'Scan along a line relative to where the motors are; they go back at the end.',
    parameters: [detectors, lineArgs, lineNum, perStep, md],
    estimate: lineEstimate,
  },
  list_scan: {
    name: 'list_scan',
    description: 'Scan motors together through lists of positions.',
    parameters: [
      detectors,
      { ...listArgs, annotation: { type: 'typing.Union[__MOVABLE__, list[typing.Any]]' } },
      perStep,
      md,
    ],
    estimate: listEstimate,
  },
  rel_list_scan: {
    name: 'rel_list_scan',
    description: 'Scan through lists of positions relative to where the motors are; they go back at the end.',
    parameters: [detectors, listArgs, perStep, md],
    estimate: listEstimate,
  },
  grid_scan: {
    name: 'grid_scan',
    description: 'Scan a grid of two or more motors: a map.',
    parameters: [detectors, gridArgs, snakeAxes, perStep, md],
    estimate: gridEstimate,
  },
  rel_grid_scan: {
    name: 'rel_grid_scan',
    description: 'Scan a grid around where the motors are; they go back at the end.',
    parameters: [detectors, gridArgs, snakeAxes, perStep, md],
    estimate: gridEstimate,
  },
  list_grid_scan: {
    name: 'list_grid_scan',
    description: 'Scan all combinations of lists of positions; the first motor is the slowest.',
    parameters: [detectors, listArgs, listSnakeAxes, perStep, md],
    estimate: listGridEstimate,
  },
  rel_list_grid_scan: {
    name: 'rel_list_grid_scan',
    description: 'Scan all combinations of relative positions; the motors go back at the end.',
    parameters: [detectors, listArgs, listSnakeAxes, perStep, md],
    estimate: listGridEstimate,
  },
  log_scan: {
    name: 'log_scan',
    description: 'Scan one motor in even steps of the logarithm.',
    parameters: [
      detectors,
      motor('motor', 'The motor that is scanned.'),
      float('start', 'Exponent of the first point: 10^start.'),
      float('stop', 'Exponent of the last point: 10^stop.'),
      numParameter,
      perStep,
      md,
    ],
    estimate: numEstimate,
  },
  rel_log_scan: {
    name: 'rel_log_scan',
    description: 'Scan one motor in even steps of the logarithm, relative to where it is.',
    parameters: [
      detectors,
      motor('motor', 'The motor that is scanned.'),
      float('start', 'Exponent of the first point: 10^start from where the motor is.'),
      float('stop', 'Exponent of the last point.'),
      numParameter,
      perStep,
      md,
    ],
    estimate: numEstimate,
  },
  scan_nd: {
    name: 'scan_nd',
    description: 'Scan along any trajectory. Only from code.',
    parameters: [
      detectors,
      { name: 'cycler', kind: 'POSITIONAL_OR_KEYWORD', description: 'The trajectory.' },
      perStep,
      md,
    ],
  },
  x2x_scan: {
    name: 'x2x_scan',
    description: 'Scan two motors in the ratio 2:1, relative to where they are.',
    parameters: [
      detectors,
      motor('motor1', 'The motor that goes from start to stop.'),
      motor('motor2', 'The motor that goes half as far.'),
      float('start', 'First position of motor1, relative to where it is.'),
      float('stop', 'Last position of motor1, relative to where it is.'),
      numParameter,
      perStep,
      md,
    ],
    estimate: numEstimate,
  },
  inner_product_scan: {
    name: 'inner_product_scan',
    description: 'Older form of scan: the number of points comes first.',
    parameters: [detectors, numParameter, movesArgs('Motor, start, stop for each motor.'), perStep, md],
    estimate: numEstimate,
  },
  relative_inner_product_scan: {
    name: 'relative_inner_product_scan',
    description: 'Older form of rel_scan: the number of points comes first.',
    parameters: [detectors, numParameter, movesArgs('Motor, start, stop for each motor.'), perStep, md],
    estimate: numEstimate,
  },
} as const satisfies Record<string, PlanSignature>
