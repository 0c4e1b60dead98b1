import { Msg, type Plan } from '../msg.ts'
import { finalizeWrapper } from './finalize.ts'

/** false: what the plan does is not repeated after a pause. */
export function* rewindableWrapper<R>(plan: Plan<R>, rewindable: boolean): Plan<R> {
  if (rewindable) return yield* plan
  const before = (yield Msg('rewindable', null, { args: [null] })) as boolean
  if (before === rewindable) return yield* plan
  yield Msg('rewindable', null, { args: [rewindable] })
  return yield* finalizeWrapper(plan, Msg('rewindable', null, { args: [before] }))
}
