import type { DataKey, EventDescriptor } from '@beamtime/event-model'
import type { Device, Readable, Readings, Subscribable } from '../devices/protocols.ts'
import { separateDevices } from '../devices/device-traits.ts'
import { Msg, type Plan } from '../msg.ts'

/* Stubs about a run and its streams: one message each. */

/** Opens a run. Returns its uid. */
export function* openRun(md: Readonly<Record<string, unknown>> | null = null): Plan<string> {
  return (yield Msg('open_run', null, { kwargs: md ?? {} })) as string
}

/** Closes the run: null means success and an empty reason. Returns the run's uid. */
export function* closeRun(exitStatus: string | null = null, reason: string | null = null): Plan<string> {
  return (yield Msg('close_run', null, { kwargs: { exit_status: exitStatus, reason } })) as string
}

/** Starts an event of a stream. */
export function* create(name = 'primary'): Plan<void> {
  yield Msg('create', null, { kwargs: { name } })
}

/** Emits the event. */
export function* save(): Plan<void> {
  yield Msg('save')
}

/** Ends the event without emitting it. */
export function* drop(): Plan<void> {
  yield Msg('drop')
}

/** Reads an object, into the open event if there is one. undefined when the message was interrupted. */
export function* read(obj: Readable): Plan<Readings | undefined> {
  return (yield Msg('read', obj)) as Readings | undefined
}

export interface DeclareStreamOptions {
  readonly name: string
  /** Describe what the objects collect, not what they read. Default false. */
  readonly collect?: boolean
}

/** Emits the descriptor of a stream before its first event. */
export function* declareStream(
  objects: readonly Device[],
  options: DeclareStreamOptions,
): Plan<readonly [descriptor: EventDescriptor, composeEvent: unknown, objects: readonly Device[]]> {
  const kwargs = { name: options.name, collect: options.collect ?? false }
  return (yield Msg('declare_stream', null, { args: separateDevices(objects), kwargs })) as [
    EventDescriptor,
    unknown,
    Device[],
  ]
}

/** Emits an event at each change of an object. The stream is called `monitor-xxxxxx` if not named. */
export function* monitor(obj: Subscribable, options: { readonly name?: string } = {}): Plan<void> {
  yield Msg('monitor', obj, { kwargs: options.name === undefined ? {} : { name: options.name } })
}

export function* unmonitor(obj: Subscribable): Plan<void> {
  yield Msg('unmonitor', obj)
}

/** Changes the configuration of an object; its streams get new descriptors. Returns [old, new]. */
export function* configure(
  obj: Device,
  ...args: readonly unknown[]
): Plan<readonly [old: unknown, now: Readonly<Record<string, DataKey>>]> {
  return (yield Msg('configure', obj, { args })) as [unknown, Readonly<Record<string, DataKey>>]
}
