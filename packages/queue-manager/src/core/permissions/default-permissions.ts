import type { UserGroupPermissions } from './permissions-schema.ts'

/** Used when there is no user_group_permissions.yaml: the groups of the queue server's demo profile. */
export const defaultPermissions: UserGroupPermissions = {
  user_groups: {
    root: {
      allowed_plans: [null],
      forbidden_plans: [':^_'],
      allowed_devices: [null],
      forbidden_devices: [':^_:?.*'],
      allowed_functions: [null],
      forbidden_functions: [':^_'],
    },
    primary: {
      allowed_plans: [':.*'],
      forbidden_plans: [null],
      allowed_devices: [':?.*:depth=5'],
      forbidden_devices: [null],
      allowed_functions: ['function_sleep', ':^(push|pop)_buffer_element$', 'clear_buffer'],
    },
    test_user: {
      allowed_plans: [':^count', ':scan$'],
      forbidden_plans: [':^adaptive_scan$', ':^inner_product'],
      allowed_devices: [':^det:?.*', ':^motor:?.*', ':^sim_bundle_A:?.*'],
      forbidden_devices: [':^det[3-5]$:?.*', ':^motor\\d+$:?.*'],
      allowed_functions: [':element$', ':elements$', 'function_sleep', 'clear_buffer'],
    },
  },
}
