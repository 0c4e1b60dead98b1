import { QueueManagerError } from '../../error.ts'
import { sendPermissionsToWorker, setExistingLists, setPermissions, updateAllowedLists } from '../lists.ts'
import type { ProfileFiles } from '../manager-events.ts'
import type { Manager } from '../manager.ts'
import type { MethodTable } from '../method.ts'
import { parsePermissions, type UserGroupPermissions } from '../permissions/permissions-schema.ts'
import { planSchema } from '../plan-schema.ts'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'
import { own } from '../validate-item.ts'
import { requestGroup } from './item-request.ts'

/** Lists of plans and devices, and who may use them. */
export const listMethods: MethodTable = {
  plans_allowed: {
    params: ['user_group'],
    prefix: '',
    onFailure: () => ({ plans_allowed: {}, plans_allowed_uid: null }),
    handle: ({ m, params }) => ({
      plans_allowed: own(m.allowed.plans, requestGroup(m, params)) ?? {},
      plans_allowed_uid: m.uids.plans_allowed_uid,
    }),
  },
  devices_allowed: {
    params: ['user_group'],
    prefix: '',
    onFailure: () => ({ devices_allowed: {}, devices_allowed_uid: null }),
    handle: ({ m, params }) => ({
      devices_allowed: own(m.allowed.devices, requestGroup(m, params)) ?? {},
      devices_allowed_uid: m.uids.devices_allowed_uid,
    }),
  },
  plans_schema: {
    params: ['user_group', 'name'],
    prefix: '',
    onFailure: () => ({ plans_schema: {}, plans_allowed_uid: null }),
    handle: ({ m, params }) => {
      const plans = own(m.allowed.plans, requestGroup(m, params)) ?? {}
      const { name = null } = params
      if (name !== null && (typeof name !== 'string' || !Object.hasOwn(plans, name))) {
        throw new Refusal(`Plan '${asText(name)}' is not in the list of allowed plans.`)
      }
      const wanted = Object.entries(plans).filter(([plan]) => name === null || plan === name)
      return {
        plans_schema: Object.fromEntries(
          wanted.map(([plan, description]) => [plan, planSchema(description)]),
        ),
        plans_allowed_uid: m.uids.plans_allowed_uid,
      }
    },
  },
  plans_existing: {
    params: [],
    prefix: '',
    onFailure: () => ({ plans_existing: {}, plans_existing_uid: null }),
    handle: ({ m }) => ({
      plans_existing: m.existing.plans,
      plans_existing_uid: m.uids.plans_existing_uid,
    }),
  },
  devices_existing: {
    params: [],
    prefix: '',
    onFailure: () => ({ devices_existing: {}, devices_existing_uid: null }),
    handle: ({ m }) => ({
      devices_existing: m.existing.devices,
      devices_existing_uid: m.uids.devices_existing_uid,
    }),
  },
  permissions_get: {
    params: [],
    prefix: 'Error: ',
    onFailure: () => ({ user_group_permissions: {} }),
    handle: ({ m }) => ({ user_group_permissions: m.permissions }),
  },
  permissions_set: {
    params: ['user_group_permissions'],
    lock: 'queue',
    prefix: 'Error: ',
    handle: ({ m, params }) => {
      if (!Object.hasOwn(params, 'user_group_permissions')) {
        throw new Refusal(`"Parameter 'user_group_permissions' is missing"`)
      }
      if (setPermissions(m, checkedPermissions(params['user_group_permissions']))) {
        updateAllowedLists(m, true)
        sendPermissionsToWorker(m)
      }
      return {}
    },
  },
  permissions_reload: {
    params: ['restore_plans_devices', 'restore_permissions'],
    lock: 'queue',
    prefix: 'Error: ',
    handle: ({ m, params, succeed }) => {
      const restoreLists = params['restore_plans_devices'] === true
      const restorePermissions = params['restore_permissions'] !== false
      if (restorePermissions && m.settings.permissionsReload === 'NEVER') {
        throw new Refusal(
          'Restoring user group permissions from disk is not allowed: ' +
            "RE Manager was started with option user_group_permissions_reload='NEVER'",
        )
      }
      m.log('Reloading lists of allowed plans and devices ...')
      m.readFiles(restoreLists, (files) => {
        if (restoreLists) takeListsOfFile(m, files)
        if (restorePermissions) takePermissionsOfFile(m, files)
        updateAllowedLists(m, true)
        sendPermissionsToWorker(m)
        succeed()
      })
      return null
    },
  },
}

/** Throws Refusal. */
function checkedPermissions(value: unknown): UserGroupPermissions {
  try {
    // A name pattern that cannot be read is no reason to refuse: then only root may do anything, as the log says.
    return parsePermissions(value)
  } catch (error) {
    if (error instanceof QueueManagerError) throw new Refusal(error.reason)
    throw error
  }
}

function takeListsOfFile(m: Manager, { lists }: ProfileFiles): void {
  if ('plans' in lists) setExistingLists(m, lists, true)
  else m.log(`Failed to load lists of existing plans and devices: ${lists.problem}`, 'error')
}

function takePermissionsOfFile(m: Manager, { permissions }: ProfileFiles): void {
  if ('value' in permissions) setPermissions(m, permissions.value)
  else m.log(`Failed to load user group permissions: ${permissions.problem}`, 'error')
}
