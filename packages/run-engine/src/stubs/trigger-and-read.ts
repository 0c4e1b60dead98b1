import { separateDevices } from '../devices/device-traits.ts'
import { isTriggerable } from '../devices/protocols.ts'
import type { Device, Reading, Readings, RewindMarked } from '../devices/protocols.ts'
import { toError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { rewindableWrapper } from '../preprocessors/rewindable.ts'
import { shortUid } from './short-uid.ts'

/** Triggers what can be triggered, waits, and reads everything into one event. Returns the readings merged. */
export function triggerAndRead(devices: readonly Device[], name = 'primary'): Plan<Readings> {
  const separate = separateDevices(devices)
  const inner = triggerThenRead(separate, name)
  return separate.every(mayBeRepeated) ? inner : rewindableWrapper(inner, false)
}

function mayBeRepeated(device: Device): boolean {
  const { rewindable } = device as Partial<RewindMarked>
  return rewindable === undefined || rewindable.get()
}

function* triggerThenRead(devices: readonly Device[], name: string): Plan<Readings> {
  const group = shortUid('trigger')
  let triggered = false
  for (const device of devices) {
    if (!isTriggerable(device)) continue
    triggered = true
    yield Msg('trigger', device, { kwargs: { group } })
  }
  if (triggered) {
    yield Msg('wait', null, { kwargs: { group, error_on_timeout: true, timeout: null, watch: [] } })
  }
  yield Msg('create', null, { kwargs: { name } })
  const merged: Record<string, Reading> = {}
  try {
    for (const device of devices) Object.assign(merged, yield Msg('read', device))
  } catch (error) {
    yield Msg('drop')
    throw toError(error)
  }
  yield Msg('save')
  return merged
}
