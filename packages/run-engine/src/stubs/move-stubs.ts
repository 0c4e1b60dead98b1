import { hintedFields } from '../devices/device-traits.ts'
import { isLocatable, isMovable } from '../devices/protocols.ts'
import type {
  Device,
  Locatable,
  Location,
  Movable,
  Preparable,
  Readings,
  Triggerable,
} from '../devices/protocols.ts'
import type { StatusLike } from '../devices/status.ts'
import { planArgumentError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { relativeSetWrapper } from '../preprocessors/relative-set.ts'
import { newGroup } from './short-uid.ts'

/* Stubs that set things in motion. */

export interface ActionOptions {
  /** Key for `wait`. */
  readonly group?: unknown
  /** Wait for the end here. Default false. */
  readonly wait?: boolean
}

/** The group of an action: the caller's, or a new one when it is waited for here. */
function actionGroup(options: ActionOptions): unknown {
  return options.group ?? (options.wait === true ? newGroup() : null)
}

/** One message to one object, and the wait for it if wanted. */
export function* action(
  command: string,
  obj: unknown,
  how: ActionOptions & { readonly args?: readonly unknown[] },
): Plan<StatusLike | undefined> {
  const group = actionGroup(how)
  const status = (yield Msg(command, obj, { args: how.args ?? [], kwargs: { group } })) as
    | StatusLike
    | undefined
  if (how.wait === true) yield Msg('wait', null, { kwargs: { group } })
  return status
}

/** Sets an object. Does not wait unless told to. */
export function absSet<T>(
  obj: Movable<T>,
  value: T,
  options: ActionOptions = {},
): Plan<StatusLike | undefined> {
  return action('set', obj, { ...options, args: [value] })
}

/** Sets an object relative to where it is. */
export function* relSet(
  obj: Movable<number>,
  value: number,
  options: ActionOptions = {},
): Plan<StatusLike | undefined> {
  return yield* relativeSetWrapper(absSet(obj, value, options))
}

export interface MoveOptions {
  readonly group?: unknown
  /** Seconds. Default: none. */
  readonly timeout?: number | null
}

/** What `mv` takes: objects and values by turns, and options at the end. */
export type MoveArguments = readonly unknown[]

function splitMoves(args: MoveArguments): {
  readonly moves: readonly (readonly [Movable, unknown])[]
  readonly options: MoveOptions
} {
  const hasOptions = args.length % 2 === 1
  const pairs = hasOptions ? args.slice(0, -1) : args
  const last = hasOptions ? args.at(-1) : null
  if (hasOptions && (typeof last !== 'object' || last === null || isMovable(last))) {
    throw planArgumentError('a move needs objects and values by turns: one of them has no value')
  }
  const moves: (readonly [Movable, unknown])[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    const obj = pairs[i]
    if (!isMovable(obj)) throw planArgumentError(`argument ${i + 1} of a move is not movable`)
    moves.push([obj, pairs[i + 1]])
  }
  return { moves, options: last ?? {} }
}

/** Moves objects together and waits: `mv(x, 1, y, 2)`, options at the end. Returns the statuses. */
export function* mv(...args: MoveArguments): Plan<readonly StatusLike[]> {
  const { moves, options } = splitMoves(args)
  const group = options.group ?? newGroup()
  const statuses: StatusLike[] = []
  for (const [obj, value] of moves) {
    statuses.push((yield Msg('set', obj, { args: [value], kwargs: { group } })) as StatusLike)
  }
  yield Msg('wait', null, { kwargs: { group, timeout: options.timeout ?? null } })
  return statuses
}

/** As `mv`, relative to where the objects are. */
export function* mvr(...args: MoveArguments): Plan<readonly StatusLike[]> {
  const { moves } = splitMoves(args)
  return yield* relativeSetWrapper(
    mv(...args),
    moves.map(([obj]) => obj),
  )
}

/** Where objects are: one Location, or a list. */
export function* locate(obj: Locatable, ...more: readonly Locatable[]): Plan<Location | readonly Location[]> {
  return (yield Msg('locate', obj, { args: more, kwargs: { squeeze: true } })) as Location | Location[]
}

/** The value of an object that has one: its readback, its only hinted field, or its only key. The default is what an
 * interrupted message gives. */
export function* rd(obj: Device, options: { readonly defaultValue?: unknown } = {}): Plan<unknown> {
  const defaultValue = options.defaultValue ?? 0
  if (isLocatable(obj)) {
    const location = (yield Msg('locate', obj)) as Location | undefined
    return location?.readback ?? defaultValue
  }
  const fields = hintedFields(obj)
  if (fields.length > 1)
    throw planArgumentError(`${obj.name} hints at several fields (${fields.join(', ')}): read it`)
  const readings = (yield Msg('read', obj)) as Readings | undefined
  if (readings === undefined) return defaultValue
  const keys = Object.keys(readings)
  const key = fields[0] ?? (keys.length === 1 ? keys[0] : undefined)
  if (key === undefined)
    throw planArgumentError(`${obj.name} has several values (${keys.join(', ')}): read it`)
  return readings[key]?.value ?? defaultValue
}

/** Stops an object. */
export function* stop(obj: Device): Plan<void> {
  yield Msg('stop', obj)
}

/** Triggers a detector. */
export function trigger(obj: Triggerable, options: ActionOptions = {}): Plan<StatusLike | undefined> {
  return action('trigger', obj, options)
}

/** Prepares a device for what comes. */
export function prepare(
  obj: Preparable,
  value: unknown,
  options: ActionOptions = {},
): Plan<StatusLike | undefined> {
  return action('prepare', obj, { ...options, args: [value] })
}
