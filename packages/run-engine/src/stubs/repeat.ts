import { planArgumentError } from '../error.ts'
import { Msg, toPlan, type Plan, type PlanLike } from '../msg.ts'

export interface RepeatOptions {
  /** null: for ever. Default 1. */
  readonly num?: number | null
  /** Seconds from the start of one repetition to the next; a list gives them one by one. Default 0. */
  readonly delay?: number | Iterable<number | null> | null
}

/** Repeats a plan. The time is taken after the checkpoint, so a pause there is not made up for by haste. */
export function* repeat(plan: () => PlanLike, options: RepeatOptions = {}): Plan<void> {
  const { num = 1, delay = 0 } = options
  const delays = delaysOf(delay, num)
  for (let i = 0; num === null || i < num; i++) {
    yield Msg('checkpoint')
    const startedMs = performance.now()
    yield* toPlan(plan())
    const next = delays.next()
    if (next.done === true) {
      if (num === null || i + 1 === num) return
      throw planArgumentError(`${num} repetitions need ${num - 1} delays; ${i} were given`)
    }
    if (next.value === null) continue
    const restS = next.value - (performance.now() - startedMs) / 1000
    if (restS > 0) yield Msg('sleep', null, { args: [restS] })
  }
}

function delaysOf(
  delay: number | Iterable<number | null> | null,
  num: number | null,
): Iterator<number | null> {
  if (typeof delay === 'number' || delay === null) return constantly(delay)
  if (Array.isArray(delay) && num !== null && num - 1 > delay.length) {
    throw planArgumentError(`${num} repetitions need ${num - 1} delays; ${delay.length} were given`)
  }
  return delay[Symbol.iterator]()
}

function* constantly(value: number | null): Generator<number | null, void> {
  for (;;) yield value
}

/** Runs the plans of a function n times; null: for ever. */
export function* repeater(n: number | null, plan: () => PlanLike): Plan<void> {
  for (let i = 0; n === null || i < n; i++) yield* toPlan(plan())
}
