import type { CollectPayload } from '../engine/collect.ts'
import type { Collectable, Flyable } from '../devices/protocols.ts'
import type { StatusLike } from '../devices/status.ts'
import { Msg, type Plan } from '../msg.ts'
import { wait } from './flow-stubs.ts'
import { action, type ActionOptions } from './move-stubs.ts'
import { newGroup, shortUid } from './short-uid.ts'

/** Starts a flyer. */
export function kickoff(obj: Flyable, options: ActionOptions = {}): Plan<StatusLike | undefined> {
  return action('kickoff', obj, options)
}

/** Lets a flyer finish. */
export function complete(obj: Flyable, options: ActionOptions = {}): Plan<StatusLike | undefined> {
  return action('complete', obj, options)
}

function* toAll(
  command: string,
  objects: readonly Flyable[],
  how: ActionOptions,
): Plan<readonly StatusLike[]> {
  const group = how.group ?? newGroup()
  const statuses: StatusLike[] = []
  for (const obj of objects) statuses.push((yield Msg(command, obj, { kwargs: { group } })) as StatusLike)
  if (how.wait === true) yield* wait(group)
  return statuses
}

/** Starts flyers together; waits unless told not to. */
export function kickoffAll(
  objects: readonly Flyable[],
  options: ActionOptions = {},
): Plan<readonly StatusLike[]> {
  return toAll('kickoff', objects, { wait: true, ...options })
}

/** Lets flyers finish together; waits only if told to. */
export function completeAll(
  objects: readonly Flyable[],
  options: ActionOptions = {},
): Plan<readonly StatusLike[]> {
  return toAll('complete', objects, options)
}

export interface CollectOptions {
  /** The declared stream to collect into. */
  readonly name?: string | null
  /** Keep what was collected and return it. Default true. */
  readonly returnPayload?: boolean
}

/** Emits what one or more objects have gathered. */
export function* collect(
  objects: Collectable | readonly Collectable[],
  options: CollectOptions = {},
): Plan<CollectPayload> {
  const [first, ...more] = Array.isArray(objects)
    ? (objects as readonly Collectable[])
    : [objects as Collectable]
  const kwargs = { stream: false, return_payload: options.returnPayload ?? true, name: options.name ?? null }
  return (yield Msg('collect', first, { args: more, kwargs })) as CollectPayload
}

export interface CollectWhileOptions {
  /** Seconds between collections. Default: only at the end. */
  readonly flushPeriod?: number | null
  readonly streamName?: string | null
  /** Groups whose failure ends the wait. */
  readonly watch?: readonly string[]
}

/** Lets flyers finish and meanwhile collects from detectors again and again. */
export function* collectWhileCompleting(
  flyers: readonly Flyable[],
  detectors: readonly Collectable[],
  options: CollectWhileOptions = {},
): Plan<void> {
  const group = shortUid('complete')
  yield* completeAll(flyers, { group })
  for (let done = false; !done;) {
    done = yield* wait(group, {
      timeout: options.flushPeriod ?? null,
      errorOnTimeout: false,
      watch: options.watch ?? [],
    })
    yield* collect(detectors, { name: options.streamName ?? null })
  }
}
