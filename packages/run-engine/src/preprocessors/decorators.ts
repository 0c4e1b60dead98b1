import type { Device, Flyable, Subscribable } from '../devices/protocols.ts'
import type { Subscriptions } from '../engine/dispatcher.ts'
import type { Plan, PlanLike } from '../msg.ts'
import type { Suspender } from '../suspenders/suspender.ts'
import { configureCountTimeWrapper } from './count-time.ts'
import { baselineWrapper, flyDuringWrapper, monitorDuringWrapper } from './during-run.ts'
import { contingencyWrapper, finalizeWrapper, type ContingencyOptions } from './finalize.ts'
import { relativeSetWrapper, resetPositionsWrapper } from './relative-set.ts'
import { rewindableWrapper } from './rewindable.ts'
import { injectMdWrapper, runWrapper, setRunKeyWrapper } from './run.ts'
import { lazilyStageWrapper, stageWrapper } from './stage.ts'
import { subsWrapper, suspendWrapper } from './subs.ts'

/* Each wrapper as a function from plan function to plan function: `runDecorator({ md })(myPlan)`. */

/** Maps a plan function to one that takes the same arguments. */
export type PlanDecorator<Out = unknown> = <A extends readonly unknown[], R>(
  plan: (...args: A) => Plan<R>,
) => (...args: A) => Plan<Out extends 'same' ? R : Out>

function decorator(wrap: <R>(plan: Plan<R>) => Plan<R>): PlanDecorator<'same'> {
  return <A extends readonly unknown[], R>(plan: (...args: A) => Plan<R>) =>
    (...args: A): Plan<R> =>
      wrap(plan(...args))
}

/** The decorated plan returns the uid of its run. */
export function runDecorator(
  options: { readonly md?: Readonly<Record<string, unknown>> } = {},
): PlanDecorator<string> {
  return (plan) =>
    (...args) =>
      runWrapper(plan(...args), options)
}

export function stageDecorator(devices: readonly Device[]): PlanDecorator<'same'> {
  return decorator((plan) => stageWrapper(plan, devices))
}
export function lazilyStageDecorator(): PlanDecorator<'same'> {
  return decorator((plan) => lazilyStageWrapper(plan))
}
export function finalizeDecorator(finalPlan: () => PlanLike): PlanDecorator<'same'> {
  return decorator((plan) => finalizeWrapper(plan, finalPlan))
}
export function contingencyDecorator(
  options: Omit<ContingencyOptions<never>, 'autoRaise'>,
): PlanDecorator<'same'> {
  return decorator(<R>(plan: Plan<R>) => contingencyWrapper(plan, options as ContingencyOptions<R>))
}
export function relativeSetDecorator(devices: readonly Device[] | null = null): PlanDecorator<'same'> {
  return decorator((plan) => relativeSetWrapper(plan, devices))
}
export function resetPositionsDecorator(devices: readonly Device[] | null = null): PlanDecorator<'same'> {
  return decorator((plan) => resetPositionsWrapper(plan, devices))
}
export function monitorDuringDecorator(signals: readonly Subscribable[]): PlanDecorator<'same'> {
  return decorator((plan) => monitorDuringWrapper(plan, signals))
}
export function flyDuringDecorator(flyers: readonly Flyable[]): PlanDecorator<'same'> {
  return decorator((plan) => flyDuringWrapper(plan, flyers))
}
export function baselineDecorator(devices: readonly Device[], name = 'baseline'): PlanDecorator<'same'> {
  return decorator((plan) => baselineWrapper(plan, devices, name))
}
export function injectMdDecorator(md: Readonly<Record<string, unknown>>): PlanDecorator<'same'> {
  return decorator((plan) => injectMdWrapper(plan, md))
}
export function subsDecorator(subs: Subscriptions): PlanDecorator<'same'> {
  return decorator((plan) => subsWrapper(plan, subs))
}
export function suspendDecorator(suspenders: Suspender | readonly Suspender[]): PlanDecorator<'same'> {
  return decorator((plan) => suspendWrapper(plan, suspenders))
}
export function configureCountTimeDecorator(timeS: number | null): PlanDecorator<'same'> {
  return decorator((plan) => configureCountTimeWrapper(plan, timeS))
}
export function rewindableDecorator(rewindable: boolean): PlanDecorator<'same'> {
  return decorator((plan) => rewindableWrapper(plan, rewindable))
}
export function setRunKeyDecorator(run: unknown): PlanDecorator<'same'> {
  return decorator((plan) => setRunKeyWrapper(plan, run))
}
