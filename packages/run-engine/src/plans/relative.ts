import type { Movable } from '../devices/protocols.ts'
import type { Plan } from '../msg.ts'
import { relativeSetWrapper, resetPositionsWrapper } from '../preprocessors/relative-set.ts'

/** Runs a plan relative to where the motors are, and puts them back at the end. */
export function relativeTo<R>(motors: readonly Movable[], plan: Plan<R>): Plan<R> {
  return resetPositionsWrapper(relativeSetWrapper(plan, motors), motors)
}
