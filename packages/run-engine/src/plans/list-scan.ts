import { textOf } from '../devices/device-traits.ts'
import type { Device } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { dimensionsOf, jointHints, withDimensions } from './hints.ts'
import {
  checkDetectors,
  checkMotor,
  namesOf,
  perStepText,
  splitOptions,
  type ScanOptions,
} from './plan-options.ts'
import { relativeTo } from './relative.ts'
import { scanNd } from './scan-nd.ts'
import { snakedMotors, type SnakeAxes } from './snake-axes.ts'
import { innerTrajectory, outerTrajectory, type MotorPath } from './trajectory.ts'

export interface ListGridOptions extends ScanOptions {
  /** Which motors go back and forth: all but the first, none, or these. Default false. */
  readonly snake_axes?: SnakeAxes
}

function listPaths(values: readonly unknown[]): readonly MotorPath[] {
  if (values.length === 0 || values.length % 2 !== 0) {
    throw planArgumentError('a list scan needs motor and list of positions for each motor')
  }
  const paths: MotorPath[] = []
  for (let i = 0; i < values.length; i += 2) {
    const motor = checkMotor(values[i], `argument ${i + 1}`)
    const points = values[i + 1]
    if (!Array.isArray(points)) throw planArgumentError(`the positions of ${motor.name} must be a list`)
    paths.push({ motor, points })
  }
  return paths
}

function argsText(paths: readonly MotorPath[]): readonly unknown[] {
  return paths.flatMap((path) => [textOf(path.motor), path.points])
}

/** Scans motors together through lists of positions: `listScan(dets, motor, [p…], …, options)`. */
export function* listScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const dets = checkDetectors(detectors)
  const [values, options] = splitOptions<ScanOptions>(args)
  const paths = listPaths(values)
  const trajectory = innerTrajectory(paths)
  const motors = paths.map((path) => path.motor)
  const planArgs = argsText(paths)
  const md = {
    detectors: namesOf(dets),
    motors: namesOf(motors),
    num_points: trajectory.length,
    num_intervals: trajectory.length - 1,
    plan_args: { detectors: dets.map(textOf), args: planArgs, per_step: perStepText(options.per_step) },
    plan_name: 'list_scan',
    plan_pattern: 'inner_list_product',
    plan_pattern_module: 'bluesky.plan_patterns',
    plan_pattern_args: { args: planArgs },
    ...options.md,
    hints: jointHints(motors, options.md),
  }
  return yield* scanNd(dets, trajectory, { ...options, md })
}

/** As listScan, relative to where the motors are; they go back at the end. */
export function* relListScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const [values, options] = splitOptions<ScanOptions>(args)
  const motors = listPaths(values).map((path) => path.motor)
  const md = { plan_name: 'rel_list_scan', ...options.md }
  return yield* relativeTo(motors, listScan(detectors, ...values, { ...options, md }))
}

/** Scans all combinations of lists of positions; the first motor is the slowest. */
export function* listGridScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const dets = checkDetectors(detectors)
  const [values, options] = splitOptions<ListGridOptions>(args)
  const paths = listPaths(values)
  const motors = paths.map((path) => path.motor)
  const snakeAxes = options.snake_axes ?? false
  const snaked = snakedMotors(motors, snakeAxes)
  const trajectory = outerTrajectory(paths.map((path) => ({ ...path, snake: snaked.has(path.motor) })))
  const planArgs = argsText(paths)
  const numbers = (path: MotorPath): readonly number[] => path.points.map(Number)
  const md = {
    shape: paths.map((path) => path.points.length),
    extents: paths.map((path) => [Math.min(...numbers(path)), Math.max(...numbers(path))]),
    snake_axes: textOf(snakeAxes),
    plan_args: { detectors: dets.map(textOf), args: planArgs, per_step: perStepText(options.per_step) },
    plan_name: 'list_grid_scan',
    plan_pattern: 'outer_list_product',
    plan_pattern_args: { args: planArgs, snake_axes: textOf(snakeAxes) },
    plan_pattern_module: 'bluesky.plan_patterns',
    motors: namesOf(motors),
    hints: {},
    ...options.md,
  }
  return yield* scanNd(dets, trajectory, { ...options, md: withDimensions(md, dimensionsOf(motors)) })
}

/** As listGridScan, relative to where the motors are; they go back at the end. */
export function* relListGridScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const [values, options] = splitOptions<ListGridOptions>(args)
  const motors = listPaths(values).map((path) => path.motor)
  const md = { plan_name: 'rel_list_grid_scan', ...options.md }
  return yield* relativeTo(motors, listGridScan(detectors, ...values, { ...options, md }))
}
