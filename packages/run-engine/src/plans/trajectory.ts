import { textOf } from '../devices/device-traits.ts'
import type { Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import { linspace } from './numbers.ts'

/** Where several motors go, point by point. Points are made when they are needed: a large map costs no memory. */
export interface Trajectory {
  readonly motors: readonly Movable[]
  readonly length: number
  /** The positions of the motors at point i, in their order. */
  at(index: number): readonly unknown[]
  /** Shown in `plan_args`. */
  readonly text: string
}

/** One motor and its positions. */
export interface MotorPath {
  readonly motor: Movable
  readonly points: readonly unknown[]
  /** Goes back and forth instead of starting over. */
  readonly snake?: boolean
}

/** All motors move together, like the columns of a table. Throws PLAN_ARGUMENT for lists of different lengths. */
export function innerTrajectory(paths: readonly MotorPath[]): Trajectory {
  const length = paths[0]?.points.length ?? 0
  if (paths.some((path) => path.points.length !== length)) {
    const lengths = paths.map((path) => `${path.motor.name} ${path.points.length}`).join(', ')
    throw planArgumentError(`the lists of positions must have the same length: ${lengths}`)
  }
  return {
    motors: distinctMotors(paths),
    length,
    at: (index) => paths.map((path) => path.points[index]),
    text: paths.map((path) => `cycler(${path.motor.name}, ${textOf(path.points)})`).join(' + '),
  }
}

/** All combinations; the first motor is the slowest. A snaked axis turns round at each pass, counted over all slower
 * axes together. */
export function outerTrajectory(paths: readonly MotorPath[]): Trajectory {
  const length = paths.reduce((product, path) => product * path.points.length, 1)
  return {
    motors: distinctMotors(paths),
    length: paths.length === 0 ? 0 : length,
    at(index) {
      const position: unknown[] = []
      let rest = index
      let block = length
      let pass = 0
      for (const { points, snake } of paths) {
        block /= points.length
        const forward = Math.floor(rest / block)
        rest -= forward * block
        position.push(points[snake === true && pass % 2 === 1 ? points.length - 1 - forward : forward])
        pass = pass * points.length + forward
      }
      return position
    },
    text: paths.map((path) => `cycler(${path.motor.name}, ${textOf(path.points)})`).join(' * '),
  }
}

/** A trajectory of explicit points. */
export function pointTrajectory(
  motors: readonly Movable[],
  points: readonly (readonly unknown[])[],
): Trajectory {
  return {
    motors,
    length: points.length,
    at: (index) => points[index] ?? [],
    text: motors
      .map((motor, i) => `cycler(${motor.name}, ${textOf(points.map((point) => point[i]))})`)
      .join(' + '),
  }
}

/** A motor that goes evenly from start to stop. */
export function linePath(
  motor: Movable,
  range: { readonly start: number; readonly stop: number; readonly num: number },
): MotorPath {
  return { motor, points: linspace(range.start, range.stop, range.num) }
}

function distinctMotors(paths: readonly MotorPath[]): readonly Movable[] {
  const motors = paths.map((path) => path.motor)
  const repeated = motors.find((motor, index) => motors.indexOf(motor) !== index)
  if (repeated !== undefined) throw planArgumentError(`the motor ${repeated.name} is listed more than once`)
  return motors
}
