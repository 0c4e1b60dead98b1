import type { Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'

/** Which motors of a grid go back and forth: all but the first, none, or these. */
export type SnakeAxes = boolean | readonly Movable[] | null

/** The motors that snake. Throws PLAN_ARGUMENT for a motor that is repeated, the slowest, or not in the scan. */
export function snakedMotors(motors: readonly Movable[], axes: SnakeAxes): ReadonlySet<Movable> {
  if (axes === null || axes === false) return new Set()
  if (axes === true) return new Set(motors.slice(1))
  if (!Array.isArray(axes)) throw planArgumentError('snake_axes must be true, false or a list of motors')
  const list = axes as readonly Movable[]
  if (new Set(list).size !== list.length) throw planArgumentError('snake_axes names a motor more than once')
  const [slowest] = motors
  if (slowest !== undefined && list.includes(slowest)) {
    throw planArgumentError(`snake_axes names ${slowest.name}, but the slowest motor cannot snake`)
  }
  const stranger = list.find((motor) => !motors.includes(motor))
  if (stranger !== undefined) {
    const name = String(Reflect.get(Object(stranger), 'name') ?? stranger)
    throw planArgumentError(`snake_axes names ${name}, which the scan does not move`)
  }
  return new Set(list)
}
