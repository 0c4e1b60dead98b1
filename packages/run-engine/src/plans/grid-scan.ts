import { textOf } from '../devices/device-traits.ts'
import { isMovable } from '../devices/protocols.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { dimensionsOf, withDimensions, withHint } from './hints.ts'
import {
  checkCount,
  checkDetectors,
  checkMotor,
  checkNumber,
  namesOf,
  perStepText,
  splitOptions,
  type ScanOptions,
} from './plan-options.ts'
import { relativeTo } from './relative.ts'
import { scanNd } from './scan-nd.ts'
import { snakedMotors, type SnakeAxes } from './snake-axes.ts'
import { linePath, outerTrajectory } from './trajectory.ts'

export interface GridOptions extends ScanOptions {
  /** Which motors go back and forth: all but the first, none, or these. Default: as the arguments say, else none. */
  readonly snake_axes?: SnakeAxes
}

interface Axis {
  readonly motor: Movable
  readonly start: number
  readonly stop: number
  readonly num: number
  readonly snake: boolean
}

/* Arguments come as (motor, start, stop, num) each time, or, in the older way, with a snake flag behind each but the
 * first. Which way is seen from where the motors stand. */
function gridAxes(values: readonly unknown[]): {
  readonly axes: readonly Axis[]
  readonly hasFlags: boolean
} {
  const hasFlags =
    values.length > 4 &&
    values.length % 5 === 4 &&
    values.every((value, i) => isMovable(value) === isMotorSlot(i))
  if (!hasFlags && (values.length === 0 || values.length % 4 !== 0)) {
    throw planArgumentError('a grid scan needs motor, start, stop, number of points for each motor')
  }
  const axes: Axis[] = []
  for (let i = 0; i < values.length; i += axes.length === 1 || !hasFlags ? 4 : 5) {
    const motor = checkMotor(values[i], `argument ${i + 1}`)
    axes.push({
      motor,
      start: checkNumber(values[i + 1], `start of ${motor.name}`),
      stop: checkNumber(values[i + 2], `stop of ${motor.name}`),
      num: checkCount(values[i + 3], `number of points of ${motor.name}`),
      snake: hasFlags && i > 0 && values[i + 4] === true,
    })
  }
  return { axes, hasFlags }
}

/** Whether the older way has a motor at this place: 0, 4, 9, 14, … */
function isMotorSlot(index: number): boolean {
  return index === 0 || index % 5 === 4
}

function snakedAxes(values: readonly unknown[], snakeAxes: SnakeAxes): readonly Axis[] {
  const { axes, hasFlags } = gridAxes(values)
  if (hasFlags && snakeAxes !== null) {
    throw planArgumentError('give snake_axes, or a flag behind each motor, not both')
  }
  if (hasFlags) return axes
  const motors = axes.map((axis) => axis.motor)
  const snaked = snakedMotors(motors, snakeAxes)
  return axes.map((axis) => ({ ...axis, snake: snaked.has(axis.motor) }))
}

/** Scans a grid: `gridScan(dets, motor, start, stop, num, …, { snake_axes })`. The first motor is the slowest. */
export function* gridScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const dets = checkDetectors(detectors)
  const [values, options] = splitOptions<GridOptions>(args)
  const axes = snakedAxes(values, options.snake_axes ?? null)
  const motors = axes.map((axis) => axis.motor)
  const planArgs = axes.flatMap((axis, i) => {
    const text = [textOf(axis.motor), axis.start, axis.stop, axis.num]
    return i === 0 ? text : [...text, axis.snake]
  })
  const trajectory = outerTrajectory(
    axes.map((axis) => ({ ...linePath(axis.motor, axis), snake: axis.snake })),
  )
  const md = {
    shape: axes.map((axis) => axis.num),
    extents: axes.map((axis) => [axis.start, axis.stop]),
    snaking: axes.map((axis) => axis.snake),
    plan_args: { detectors: dets.map(textOf), args: planArgs, per_step: perStepText(options.per_step) },
    plan_name: 'grid_scan',
    plan_pattern: 'outer_product',
    plan_pattern_args: { args: planArgs },
    plan_pattern_module: 'bluesky.plan_patterns',
    motors: namesOf(motors),
    hints: {},
    ...options.md,
  }
  const hinted = withDimensions(withHint(md, 'gridding', 'rectilinear'), dimensionsOf(motors))
  return yield* scanNd(dets, trajectory, { ...options, md: hinted })
}

/** As gridScan, relative to where the motors are; they go back at the end. */
export function* relGridScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const [values, options] = splitOptions<GridOptions>(args)
  const motors = gridAxes(values).axes.map((axis) => axis.motor)
  const md = { plan_name: 'rel_grid_scan', ...options.md }
  return yield* relativeTo(motors, gridScan(detectors, ...values, { ...options, md }))
}
