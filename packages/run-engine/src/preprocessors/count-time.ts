import { isMovable } from '../devices/protocols.ts'
import type { Movable } from '../devices/protocols.ts'
import type { Msg, Plan } from '../msg.ts'
import { mv, rd } from '../stubs/move-stubs.ts'
import { finalizeWrapper } from './finalize.ts'
import { noInsertion, planMutator } from './mutators.ts'

/** Sets the `count_time` of each object that has one at first contact, in seconds, and sets it back at the end.
 * null: leaves everything as it is. */
export function configureCountTimeWrapper<R>(plan: Plan<R>, timeS: number | null): Plan<R> {
  if (timeS === null) return plan
  const seen = new Set<unknown>()
  const before = new Map<Movable, unknown>()
  function* setFirst(msg: Msg, countTime: Movable): Plan {
    before.set(countTime, yield* rd(countTime))
    yield* mv(countTime, timeS)
    return yield msg
  }
  function* back(): Plan<void> {
    for (const [countTime, value] of before) yield* mv(countTime, value)
  }
  const inner = planMutator(plan, (msg) => {
    if (msg.obj === null || seen.has(msg.obj)) return noInsertion
    seen.add(msg.obj)
    const countTime: unknown = Reflect.get(Object(msg.obj), 'count_time')
    return isMovable(countTime) ? [setFirst(msg, countTime), null] : noInsertion
  })
  return finalizeWrapper(inner, back)
}
