import { randomUUID } from 'node:crypto'
import { isDevice, isPlanFunction, signatureOf } from '@beamtime/run-engine'
import type { ExistingLists, WireDevice, WirePlan } from '../protocol.ts'
import type { Namespace } from '../startup/namespace.ts'
import { wireDevice } from './wire-device.ts'
import { byName, wirePlan } from './wire-plan.ts'

/** Plans and devices of the namespace in wire form, sorted by name. `lists_uid` is the old one if nothing changed. */
export function existingLists(options: {
  readonly namespace: Namespace
  readonly deviceMaxDepth: number
  readonly previous: ExistingLists | null
}): ExistingLists {
  const { namespace, previous } = options
  const plans: Record<string, WirePlan> = {}
  const devices: Record<string, WireDevice> = {}
  for (const name of Object.keys(namespace.values).toSorted(byName)) {
    const value = namespace.values[name]
    const module = namespace.moduleOf(name)
    if (isPlanFunction(value)) {
      plans[name] = wirePlan({ name, module, signature: signatureOf(value) })
    } else if (isDevice(value)) {
      devices[name] = wireDevice(value, { module, maxDepth: options.deviceMaxDepth })
    }
  }
  const changed = previous === null || !sameContent(previous, plans, devices)
  return {
    lists_uid: changed ? randomUUID() : previous.lists_uid,
    existing_plans: plans,
    existing_devices: devices,
  }
}

function sameContent(previous: ExistingLists, plans: unknown, devices: unknown): boolean {
  return (
    JSON.stringify(previous.existing_plans) === JSON.stringify(plans) &&
    JSON.stringify(previous.existing_devices) === JSON.stringify(devices)
  )
}
