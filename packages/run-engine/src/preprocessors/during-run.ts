import type { Device, Flyable, Subscribable } from '../devices/protocols.ts'
import { Msg, type Plan } from '../msg.ts'
import { declareStream } from '../stubs/run-stubs.ts'
import { shortUid } from '../stubs/short-uid.ts'
import { triggerAndRead } from '../stubs/trigger-and-read.ts'
import { noInsertion, planMutator } from './mutators.ts'
import { setRunKeyWrapper } from './run.ts'

/* What happens at the start and at the end of every run of a plan. Each inserted plan carries the key of the run that
 * it belongs to. */

/** Plans behind each open_run and before each close_run. */
function aroundRuns<R>(plan: Plan<R>, parts: { afterOpen: () => Plan; beforeClose: () => Plan }): Plan<R> {
  const keyed = (part: Plan, msg: Msg): Plan => (msg.run === null ? part : setRunKeyWrapper(part, msg.run))
  function* closing(msg: Msg): Plan {
    yield* keyed(parts.beforeClose(), msg)
    return yield msg
  }
  return planMutator(plan, (msg) => {
    if (msg.command === 'open_run') return [null, keyed(parts.afterOpen(), msg)]
    return msg.command === 'close_run' ? [closing(msg), null] : noInsertion
  })
}

/** Monitors signals during each run, in streams `<name>_monitor`. */
export function monitorDuringWrapper<R>(plan: Plan<R>, signals: readonly Subscribable[]): Plan<R> {
  if (signals.length === 0) return plan
  return aroundRuns(plan, {
    *afterOpen() {
      for (const signal of signals)
        yield Msg('monitor', signal, { kwargs: { name: `${signal.name}_monitor` } })
    },
    *beforeClose() {
      for (const signal of signals) yield Msg('unmonitor', signal)
    },
  })
}

/** Flies flyers during each run. */
export function flyDuringWrapper<R>(plan: Plan<R>, flyers: readonly Flyable[]): Plan<R> {
  if (flyers.length === 0) return plan
  const kickoffGroup = shortUid('flyers-kickoff')
  const completeGroup = shortUid('flyers-complete')
  return aroundRuns(plan, {
    *afterOpen() {
      for (const flyer of flyers) yield Msg('kickoff', flyer, { kwargs: { group: kickoffGroup } })
      yield Msg('wait', null, { kwargs: { group: kickoffGroup } })
    },
    *beforeClose() {
      for (const flyer of flyers) yield Msg('complete', flyer, { kwargs: { group: completeGroup } })
      yield Msg('wait', null, { kwargs: { group: completeGroup } })
      for (const flyer of flyers) yield Msg('collect', flyer)
    },
  })
}

/** Reads devices at the start and at the end of each run, into a stream of their own. */
export function baselineWrapper<R>(plan: Plan<R>, devices: readonly Device[], name = 'baseline'): Plan<R> {
  if (devices.length === 0) return plan
  return aroundRuns(plan, {
    *afterOpen() {
      yield* declareStream(devices, { name })
      yield* triggerAndRead(devices, name)
    },
    *beforeClose() {
      yield* triggerAndRead(devices, name)
    },
  })
}

export interface SupplementalData {
  /** The preprocessor. The lists may be changed at any time. */
  (plan: Plan): Plan
  readonly baseline: Device[]
  readonly monitors: Subscribable[]
  readonly flyers: Flyable[]
}

/** Baseline, monitors and flyers for every plan: put it into the engine's preprocessors. */
export function supplementalData(
  lists: {
    readonly baseline?: readonly Device[]
    readonly monitors?: readonly Subscribable[]
    readonly flyers?: readonly Flyable[]
  } = {},
): SupplementalData {
  const kept = {
    baseline: [...(lists.baseline ?? [])],
    monitors: [...(lists.monitors ?? [])],
    flyers: [...(lists.flyers ?? [])],
  }
  const preprocessor = (plan: Plan): Plan =>
    baselineWrapper(monitorDuringWrapper(flyDuringWrapper(plan, kept.flyers), kept.monitors), kept.baseline)
  return Object.assign(preprocessor, kept)
}
