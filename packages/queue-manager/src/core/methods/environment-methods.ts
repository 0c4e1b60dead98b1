import { closeEnvironment, destroyEnvironment, openEnvironment } from '../environment.ts'
import type { ManagerState } from '../manager-state.ts'
import type { Manager } from '../manager.ts'
import type { MethodTable } from '../method.ts'
import { Refusal } from '../refusal.ts'

export const environmentMethods: MethodTable = {
  environment_open: {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m }) => {
      if (m.state === 'creating_environment') {
        throw refused('Manager is already in the process of creating the RE Worker environment.')
      }
      if (m.worker.exists) throw refused('RE Worker environment already exists.')
      if (m.state !== 'idle') throw notIdle(m)
      openEnvironment(m)
      return {}
    },
  },
  environment_close: {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m }) => {
      const text = closeRefusals[m.state]
      if (m.state === 'closing_environment' && text !== undefined) throw refused(text)
      if (!m.worker.exists) throw refused('RE Worker environment does not exist.')
      if (text !== undefined) throw refused(text)
      if (m.state !== 'idle') throw notIdle(m)
      if (m.worker.state?.ip_kernel_state === 'busy') throw refused('Worker IPython kernel is busy')
      closeEnvironment(m)
      return {}
    },
  },
  environment_destroy: {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m }) => {
      if (!m.worker.exists && m.state !== 'creating_environment')
        throw refused('RE environment does not exist')
      if (m.state === 'destroying_environment') {
        throw refused('Manager is already in the process of destroying the RE Worker environment.')
      }
      destroyEnvironment(m)
      return {}
    },
  },
}

const closeRefusals: Readonly<Partial<Record<ManagerState, string>>> = {
  closing_environment: 'Manager is already in the process of closing the RE Worker environment.',
  starting_queue: 'Queue execution is in progress.',
  executing_queue: 'Queue execution is in progress.',
  executing_task: 'Foreground task execution is in progress.',
}

function refused(text: string): Refusal {
  return new Refusal(text, 'state')
}

function notIdle(m: Manager): Refusal {
  return refused(`Manager state is not idle. Current state: ${m.state}`)
}
