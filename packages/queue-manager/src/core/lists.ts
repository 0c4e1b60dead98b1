import type { WireDevice, WirePlan } from '@beamtime/worker-host/client'
import { QueueManagerError } from '../error.ts'
import type { WorkerPermissions } from './manager-events.ts'
import type { Manager } from './manager.ts'
import {
  allowedLists,
  allowedNames,
  unrestrictedRoot,
  type AllowedLists,
} from './permissions/allowed-lists.ts'
import { isEqualJson } from './plain-object.ts'
import type { UserGroupPermissions } from './permissions/permissions-schema.ts'

/** New lists of the worker or of the file. `always`: clients are to fetch again even if nothing changed. */
export function setExistingLists(
  m: Manager,
  lists: {
    readonly plans: Readonly<Record<string, WirePlan>>
    readonly devices: Readonly<Record<string, WireDevice>>
  },
  always = false,
): boolean {
  const plansChanged = !isEqualJson(m.existing.plans, lists.plans)
  const devicesChanged = !isEqualJson(m.existing.devices, lists.devices)
  if (plansChanged || always) m.renew('plans_existing_uid')
  if (devicesChanged || always) m.renew('devices_existing_uid')
  if (plansChanged || devicesChanged) m.existing = { plans: lists.plans, devices: lists.devices }
  return plansChanged || devicesChanged
}

/** Computes again what each group may use, after a change of lists or permissions. */
export function updateAllowedLists(m: Manager, always = false): void {
  const next = computeAllowed(m)
  const plansChanged = !isEqualJson(m.allowed.plans, next.plans)
  const devicesChanged = !isEqualJson(m.allowed.devices, next.devices)
  if (plansChanged || always) m.renew('plans_allowed_uid')
  if (devicesChanged || always) m.renew('devices_allowed_uid')
  m.allowed = { plans: plansChanged ? next.plans : m.allowed.plans, devices: next.devices }
}

function computeAllowed(m: Manager): AllowedLists {
  try {
    return allowedLists(m.existing, m.permissions)
  } catch (error) {
    if (!(error instanceof QueueManagerError)) throw error
    m.log(`Error occurred while generating the list of allowed plans and devices: ${error.reason}`, 'error')
    return unrestrictedRoot(m.existing)
  }
}

export function setPermissions(m: Manager, permissions: UserGroupPermissions): boolean {
  const changed = !isEqualJson(m.permissions, permissions)
  m.permissions = permissions
  m.store('user_group_permissions', permissions)
  return changed
}

export function workerPermissions(m: Manager): WorkerPermissions {
  return { user_group_permissions: m.permissions, allowed: allowedNames(m.allowed) }
}

export function sendPermissionsToWorker(m: Manager): void {
  if (m.worker.exists) m.tell('command_permissions_reload', workerPermissions(m))
}
