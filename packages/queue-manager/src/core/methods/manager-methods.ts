import { pyRepr } from '@beamtime/python-notation'
import type { MethodTable } from '../method.ts'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'

/** Methods about the manager itself. `status` and `ping` are answered before any check and stand in dispatch. */
export const managerMethods: MethodTable = {
  config_get: {
    params: [],
    prefix: '',
    onFailure: () => ({ config: {} }),
    handle: ({ m }) => ({ config: { ip_connect_info: {}, last_startup_error: m.startupError } }),
  },
  kernel_interrupt: {
    params: ['interrupt_task', 'interrupt_plan'],
    lock: 'environment',
    prefix: 'Error: ',
    handle: () => {
      throw new Refusal(
        'Failed to interrupt IPython kernel: RE Manager is not in IPython mode: IPython kernel is not used',
        'whole',
      )
    },
  },
  manager_test: {
    params: ['test_name'],
    prefix: 'Error: ',
    handle: ({ params }) => {
      const { test_name: name = null } = params
      if (name === 'reserve_kernel') throw new Refusal('IPython kernel mode is not enabled')
      throw new Refusal(`Unknown test: ${pyRepr(name)}. Known tests: ['reserve_kernel']`)
    },
  },
  manager_stop: {
    params: ['option'],
    prefix: 'Error: ',
    handle: ({ m, params, succeed }) => {
      const { option = 'safe_on' } = params
      if (option !== 'safe_on' && option !== 'safe_off') {
        throw new Refusal(
          `Option '${asText(option)}' is not allowed. Allowed options: ('safe_off', 'safe_on')`,
        )
      }
      if (option === 'safe_on' && m.state !== 'idle') {
        throw new Refusal(
          `Closing RE Manager with option 'safe_on' is allowed only in 'idle' state. Current state: '${m.state}'`,
        )
      }
      succeed()
      m.log('Stopping RE Manager ...')
      m.act({ kind: 'stop-manager', worker: option === 'safe_on' ? 'close' : 'kill' })
      return null
    },
  },
  manager_kill: {
    params: [],
    prefix: 'Error: ',
    // No answer, ever: callers are to see what a hanging manager looks like.
    handle: ({ m }) => {
      m.act({ kind: 'crash' })
      return null
    },
  },
}
