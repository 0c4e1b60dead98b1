import { subscriptionPairs, type Subscriptions } from '../engine/dispatcher.ts'
import { Msg, type Plan } from '../msg.ts'
import type { Suspender } from '../suspenders/suspender.ts'
import { finalizeWrapper } from './finalize.ts'

/** Subscribes functions for the time of a plan. */
export function subsWrapper<R>(plan: Plan<R>, subs: Subscriptions): Plan<R> {
  const tokens: unknown[] = []
  function* subscribed(): Plan<R> {
    for (const [name, callback] of subscriptionPairs(subs)) {
      tokens.push(yield Msg('subscribe', null, { args: [callback, name] }))
    }
    return yield* plan
  }
  return finalizeWrapper(subscribed(), () =>
    tokens.map((token) => Msg('unsubscribe', null, { kwargs: { token } })),
  )
}

/** Installs suspenders for the time of a plan. */
export function suspendWrapper<R>(plan: Plan<R>, suspenders: Suspender | readonly Suspender[]): Plan<R> {
  const list: readonly Suspender[] = Array.isArray(suspenders) ? suspenders : [suspenders as Suspender]
  function* guarded(): Plan<R> {
    for (const suspender of list) yield Msg('install_suspender', null, { args: [suspender] })
    return yield* plan
  }
  return finalizeWrapper(guarded(), () =>
    list.map((suspender) => Msg('remove_suspender', null, { args: [suspender] })),
  )
}
