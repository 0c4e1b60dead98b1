import { isCollectable, isFlyable, type Collectable, type Flyable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { collect, complete, kickoff } from '../stubs/fly-stubs.ts'
import { closeRun, openRun } from '../stubs/run-stubs.ts'
import type { Metadata } from './plan-options.ts'

/** Flies flyers: starts all, lets all finish, collects all. */
export function* fly(
  flyers: readonly (Flyable & Collectable)[],
  options: { readonly md?: Metadata | null } = {},
): Plan<string> {
  if (!Array.isArray(flyers) || !flyers.every((flyer) => isFlyable(flyer) && isCollectable(flyer))) {
    throw planArgumentError('flyers must be a list of devices that can fly')
  }
  const uid = yield* openRun(options.md ?? {})
  for (const flyer of flyers) yield* kickoff(flyer, { wait: true })
  for (const flyer of flyers) yield* complete(flyer, { wait: true })
  for (const flyer of flyers) yield* collect(flyer as Flyable & Collectable)
  yield* closeRun()
  return uid
}
