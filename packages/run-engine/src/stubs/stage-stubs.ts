import type { Device } from '../devices/protocols.ts'
import { isStatus, type StatusLike } from '../devices/status.ts'
import { planArgumentError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import type { ActionOptions } from './move-stubs.ts'
import { newGroup } from './short-uid.ts'

function* stageOne(
  command: 'stage' | 'unstage',
  obj: Device,
  options: ActionOptions,
): Plan<StatusLike | readonly unknown[]> {
  const group = options.group ?? null
  const result = yield Msg(command, obj, { kwargs: { group } })
  if (!isStatus(result)) {
    if (options.wait === false) {
      throw planArgumentError(`${obj.name} ${command}s at once: it cannot be told not to wait`)
    }
    return Array.isArray(result) ? result : []
  }
  if (options.wait === true) yield Msg('wait', null, { kwargs: { group } })
  return result
}

/** Makes a device ready. */
export function stage(obj: Device, options: ActionOptions = {}): Plan<StatusLike | readonly unknown[]> {
  return stageOne('stage', obj, options)
}

/** Puts a device back to rest. */
export function unstage(obj: Device, options: ActionOptions = {}): Plan<StatusLike | readonly unknown[]> {
  return stageOne('unstage', obj, options)
}

function* stageMany(command: 'stage' | 'unstage', objects: readonly Device[], group: unknown): Plan<void> {
  let mustWait = false
  for (const obj of objects) {
    const result = yield Msg(command, obj, { kwargs: { group } })
    if (isStatus(result)) mustWait = true
  }
  if (mustWait) yield Msg('wait', null, { kwargs: { group } })
}

/** Makes devices ready, together where they take time. */
export function stageAll(objects: readonly Device[], options: { readonly group?: unknown } = {}): Plan<void> {
  return stageMany('stage', objects, options.group ?? newGroup())
}

/** Puts devices back to rest. */
export function unstageAll(
  objects: readonly Device[],
  options: { readonly group?: unknown } = {},
): Plan<void> {
  return stageMany('unstage', objects, options.group ?? newGroup())
}
