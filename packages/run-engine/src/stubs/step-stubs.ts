import type { Device, Movable, Readings } from '../devices/protocols.ts'
import { Msg, type Plan } from '../msg.ts'
import { shortUid } from './short-uid.ts'
import { triggerAndRead } from './trigger-and-read.ts'

/* What happens at one point. The defaults of `per_shot` and `per_step`. */

/** How a point is measured, once everything is in place. */
export type TakeReading = (devices: readonly Device[]) => Plan<unknown>

/** Where each motor goes at one point, in the order of the trajectory. */
export type Step = ReadonlyMap<Movable, unknown>

/** Where each motor was sent last. */
export type PositionCache = Map<Movable, unknown>

/** One reading of the detectors. */
export function* oneShot(
  detectors: readonly Device[],
  takeReading: TakeReading = triggerAndRead,
): Plan<unknown> {
  yield Msg('checkpoint')
  return yield* takeReading(detectors)
}

/** Moves one motor, then measures. */
export function* one1dStep(detectors: readonly Device[], motor: Movable, value: unknown): Plan<Readings> {
  const group = shortUid('set')
  yield Msg('checkpoint')
  yield Msg('set', motor, { args: [value], kwargs: { group } })
  yield Msg('wait', null, { kwargs: { group } })
  return yield* triggerAndRead([...detectors, motor])
}

/** Moves the motors whose value changed. */
export function* movePerStep(step: Step, cache: PositionCache): Plan<void> {
  const group = shortUid('set')
  yield Msg('checkpoint')
  for (const [motor, value] of step) {
    if (cache.has(motor) && cache.get(motor) === value) continue
    yield Msg('set', motor, { args: [value], kwargs: { group } })
    cache.set(motor, value)
  }
  yield Msg('wait', null, { kwargs: { group } })
}

/** Moves any number of motors, then measures. */
export function* oneNdStep(detectors: readonly Device[], step: Step, cache: PositionCache): Plan<Readings> {
  yield* movePerStep(step, cache)
  return yield* triggerAndRead([...detectors, ...step.keys()])
}
