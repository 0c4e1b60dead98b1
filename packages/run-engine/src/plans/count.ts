import { textOf } from '../devices/device-traits.ts'
import type { Device } from '../devices/protocols.ts'
import type { Plan } from '../msg.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { stageWrapper } from '../preprocessors/stage.ts'
import { repeat } from '../stubs/repeat.ts'
import { declareStream } from '../stubs/run-stubs.ts'
import { oneShot } from '../stubs/step-stubs.ts'
import { withDimensions } from './hints.ts'
import { checkDetectors, namesOf, type Metadata } from './plan-options.ts'

export interface CountOptions {
  /** Replaces what is done for each reading. */
  readonly per_shot?: ((detectors: readonly Device[]) => Plan) | null
  /** Emit the descriptor before the first reading. Default false. */
  readonly predeclare?: boolean
  readonly md?: Metadata | null
}

/** Takes readings of detectors. `num` null: until stopped. `delay` in seconds from one reading to the next. */
export function* count(
  ...[detectors, num = 1, delay = 0, options = {}]: [
    detectors: readonly Device[],
    num?: number | null,
    delay?: number | readonly number[] | null,
    options?: CountOptions,
  ]
): Plan<string> {
  const dets = checkDetectors(detectors)
  const md: Metadata = {
    detectors: namesOf(dets),
    num_points: num,
    num_intervals: num === null ? null : num - 1,
    plan_args: { detectors: dets.map(textOf), num, delay },
    plan_name: 'count',
    hints: {},
    ...options.md,
  }
  const perShot = options.per_shot ?? null
  const inner = function* (): Plan<void> {
    if (perShot === null && options.predeclare === true) yield* declareStream(dets, { name: 'primary' })
    yield* repeat(() => (perShot === null ? oneShot(dets) : perShot(dets)), { num, delay })
  }
  const run = runWrapper(inner(), { md: withDimensions(md, [[['time'], 'primary']]) })
  return yield* stageWrapper(run, dets)
}
