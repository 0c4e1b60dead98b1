import type { AllowedNames, WireDevice, WirePlan } from '@beamtime/worker-host/client'
import { filterDevices, usableDeviceNames } from './device-filter.ts'
import { filterPlans, nameTest } from './plan-filter.ts'
import type { UserGroupPermissions } from './permissions-schema.ts'

export interface ExistingNames {
  readonly plans: Readonly<Record<string, WirePlan>>
  readonly devices: Readonly<Record<string, WireDevice>>
}

/** What each user group may use. */
export interface AllowedLists {
  readonly plans: Readonly<Record<string, Readonly<Record<string, WirePlan>>>>
  readonly devices: Readonly<Record<string, Readonly<Record<string, WireDevice>>>>
}

/** Throws QUEUE_PATTERN_MALFORMED. */
export function allowedLists(existing: ExistingNames, permissions: UserGroupPermissions): AllowedLists {
  const root = permissions.user_groups['root'] ?? {}
  const plans: [string, Readonly<Record<string, WirePlan>>][] = []
  const devices: [string, Readonly<Record<string, WireDevice>>][] = []
  for (const [name, group] of Object.entries(permissions.user_groups)) {
    const allowed = filterDevices(existing.devices, root, group)
    devices.push([name, allowed])
    plans.push([name, filterPlans(existing.plans, { root, group }, new Set(usableDeviceNames(allowed)))])
  }
  return { plans: Object.fromEntries(plans), devices: Object.fromEntries(devices) }
}

/** Only root, with everything: what remains when permissions turn out to be unusable. */
export function unrestrictedRoot(existing: ExistingNames): AllowedLists {
  return { plans: { root: existing.plans }, devices: { root: existing.devices } }
}

/** True when root and the group allow the function. Throws QUEUE_PATTERN_MALFORMED. */
export function isFunctionAllowed(permissions: UserGroupPermissions, group: string, name: string): boolean {
  const groups = permissions.user_groups
  const own = Object.hasOwn(groups, group) ? groups[group] : undefined
  if (own === undefined) return false
  return nameTest(groups['root'] ?? {}, 'functions')(name) && nameTest(own, 'functions')(name)
}

/** The names alone, for the worker. */
export function allowedNames(lists: AllowedLists): Record<string, AllowedNames> {
  return Object.fromEntries(
    Object.entries(lists.plans).map(([group, plans]) => [
      group,
      { plans: Object.keys(plans), devices: usableDeviceNames(lists.devices[group] ?? {}) },
    ]),
  )
}
