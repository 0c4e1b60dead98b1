import type { LiveStatus, QueueItem } from '@beamtime/http-gateway/ui-types'
import type { StateName } from '../theme/tokens.ts'
import type { t } from '../text/text.ts'

export interface Headline {
  readonly key: keyof typeof t.state
  readonly state: StateName
  /** Someone must act. */
  readonly isFilled: boolean
}

export interface HeadlineInputs {
  readonly status: LiveStatus | null
  readonly isConnected: boolean
  /** First item of the queue, which carries its result when it was pushed back. */
  readonly front: QueueItem | undefined
}

const quiet = (key: Headline['key'], state: StateName): Headline => ({ key, state, isFilled: false })
const loud = (key: Headline['key'], state: StateName): Headline => ({ key, state, isFilled: true })

/** The one word that says what is going on. */
export function headlineOf({ status, isConnected, front }: HeadlineInputs): Headline {
  if (!isConnected) return loud('OFFLINE', 'attention')
  if (status === null || !status.manager.reachable) return loud('NO_MANAGER', 'attention')
  const state: NonNullable<LiveStatus['manager_state']> = status.manager_state ?? 'idle'
  switch (state) {
    case 'executing_queue':
      return runningHeadline(status)
    case 'starting_queue':
      return quiet('STARTING', 'busy')
    case 'paused':
      return loud('PAUSED', 'attention')
    case 'executing_task':
      return quiet('TASK', 'busy')
    case 'creating_environment':
    case 'initializing':
      return quiet('OPENING', 'busy')
    case 'closing_environment':
    case 'destroying_environment':
      return quiet('CLOSING', 'busy')
    case 'idle':
      return idleHeadline(status, front)
  }
}

function runningHeadline(status: LiveStatus): Headline {
  if (status.pause_pending === true || status.re_state === 'pausing') return quiet('PAUSING', 'busy')
  if (status.re_state === 'stopping' || status.re_state === 'aborting' || status.re_state === 'halting')
    return quiet('STOPPING', 'busy')
  return quiet('RUNNING', 'busy')
}

function idleHeadline(status: LiveStatus, front: QueueItem | undefined): Headline {
  if (front?.result?.exit_status === 'failed') return loud('FAILED', 'bad')
  return status.worker_environment_exists === true ? quiet('IDLE', 'off') : quiet('CLOSED', 'off')
}

/** True while a plan is under way, paused ones too. */
export function isPlanActive(status: LiveStatus | null): boolean {
  return (
    status?.manager_state === 'executing_queue' ||
    status?.manager_state === 'paused' ||
    status?.manager_state === 'starting_queue'
  )
}
