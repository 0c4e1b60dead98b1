import { textOf } from '../devices/device-traits.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { stageWrapper } from '../preprocessors/stage.ts'
import { declareStream } from '../stubs/run-stubs.ts'
import { dimensionsOf, withDimensions } from './hints.ts'
import {
  checkDetectors,
  namesOf,
  perStepText,
  stepOf,
  type Metadata,
  type ScanOptions,
} from './plan-options.ts'
import type { Trajectory } from './trajectory.ts'

export interface ScanNdOptions extends ScanOptions {
  /** Emit the descriptor before the first point. Default false. */
  readonly predeclare?: boolean
}

/** Measures along any trajectory. All the trajectory plans end here. */
export function* scanNd(
  detectors: readonly Device[],
  trajectory: Trajectory,
  options: ScanNdOptions = {},
): Plan<string> {
  const dets = checkDetectors(detectors)
  if (typeof trajectory !== 'object' || trajectory === null || !Array.isArray(trajectory.motors)) {
    throw planArgumentError('scan_nd needs a trajectory: make one with innerTrajectory or outerTrajectory')
  }
  const { motors } = trajectory
  const md: Metadata = {
    detectors: namesOf(dets),
    motors: namesOf(motors),
    num_points: trajectory.length,
    num_intervals: trajectory.length - 1,
    plan_args: {
      detectors: dets.map(textOf),
      cycler: trajectory.text,
      per_step: perStepText(options.per_step),
    },
    plan_name: 'scan_nd',
    hints: {},
    ...options.md,
  }
  const step = stepOf(options.per_step, motors)
  const inner = function* (): Plan<void> {
    if (options.predeclare === true) yield* declareStream([...motors, ...dets], { name: 'primary' })
    const cache = new Map<Movable, unknown>()
    for (let i = 0; i < trajectory.length; i++) yield* step(dets, stepAt(trajectory, i), cache)
  }
  const run = runWrapper(inner(), { md: withDimensions(md, dimensionsOf(motors)) })
  return yield* stageWrapper(run, [...dets, ...motors])
}

function stepAt(trajectory: Trajectory, index: number): ReadonlyMap<Movable, unknown> {
  const positions = trajectory.at(index)
  return new Map(trajectory.motors.map((motor, i) => [motor, positions[i]]))
}
