import { notifications } from '@mantine/notifications'
import type { LiveStatus } from '@beamtime/http-gateway/ui-types'
import { useState } from 'react'
import { errorText, HttpError } from '../net/http-client.ts'
import { t } from '../text/text.ts'
import { useConnection, useControlRoom, useSession, useStatus } from './use-control-room.ts'

export type ActionName =
  | 'start'
  | 'stopAfter'
  | 'cancelStop'
  | 'pause'
  | 'pauseNow'
  | 'resume'
  | 'stop'
  | 'abort'
  | 'halt'
  | 'open'
  | 'close'
  | 'update'
  | 'destroy'

interface ActionRule {
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly scope: string
  /** Why it is not possible in this state; null when it is. */
  readonly refuse: (status: LiveStatus, queueLength: number) => string | null
}

const why = t.queue.why
const needsEnvironment = (status: LiveStatus): string | null =>
  status.worker_environment_exists === true ? null : why.envClosed
const needsIdle = (status: LiveStatus): string | null =>
  status.manager_state === 'idle' ? null : why.running
const needsPaused = (status: LiveStatus): string | null =>
  status.manager_state === 'paused' ? null : why.notPaused
const needsRunning = (status: LiveStatus): string | null =>
  status.manager_state === 'executing_queue' || status.manager_state === 'starting_queue'
    ? null
    : why.notRunning
const needsActive = (status: LiveStatus): string | null =>
  status.manager_state === 'paused' || status.manager_state === 'executing_queue' ? null : why.notActive

/** What each control sends and when it can be pressed. */
export const actionRules: Readonly<Record<ActionName, ActionRule>> = {
  start: {
    path: '/queue/start',
    scope: 'write:queue:control',
    refuse: (s, n) => needsEnvironment(s) ?? needsIdle(s) ?? (n === 0 ? why.empty : null),
  },
  stopAfter: { path: '/queue/stop', scope: 'write:queue:control', refuse: needsRunning },
  cancelStop: { path: '/queue/stop/cancel', scope: 'write:queue:control', refuse: needsActive },
  pause: {
    path: '/re/pause',
    body: { option: 'deferred' },
    scope: 'write:plan:control',
    refuse: (s) => needsRunning(s) ?? (s.pause_pending === true ? why.pausing : null),
  },
  pauseNow: {
    path: '/re/pause',
    body: { option: 'immediate' },
    scope: 'write:plan:control',
    refuse: needsRunning,
  },
  resume: { path: '/re/resume', scope: 'write:plan:control', refuse: needsPaused },
  stop: { path: '/re/stop', scope: 'write:plan:control', refuse: needsActive },
  abort: { path: '/re/abort', scope: 'write:plan:control', refuse: needsActive },
  halt: { path: '/re/halt', scope: 'write:plan:control', refuse: needsActive },
  open: {
    path: '/environment/open',
    scope: 'write:manager:control',
    refuse: (s) =>
      s.worker_environment_exists === true ? why.envOpen : s.manager_state === 'idle' ? null : why.busy,
  },
  close: {
    path: '/environment/close',
    scope: 'write:manager:control',
    refuse: (s) => needsEnvironment(s) ?? needsIdle(s),
  },
  update: {
    path: '/environment/update',
    scope: 'write:queue:control',
    refuse: (s) => needsEnvironment(s) ?? needsIdle(s),
  },
  destroy: {
    path: '/environment/destroy',
    scope: 'write:manager:control',
    refuse: (s) =>
      s.worker_environment_exists === true || s.manager_state === 'creating_environment'
        ? null
        : why.envClosed,
  },
}

export interface QueueAction {
  readonly disabledReason: string | null
  readonly isBusy: boolean
  readonly run: () => Promise<void>
}

/** Reports a refused or failed action where everybody looks: a notice that stays, and the notice list. */
export function useReport(): (error: unknown) => void {
  const { notices } = useControlRoom()
  return (error) => {
    const text = errorText(error)
    notices.add({ state: 'bad', text })
    notifications.show({ message: text, color: 'red', autoClose: 12_000, withBorder: true })
  }
}

/** One control of the queue or the environment with its rule, scope, pending state and refusal text. */
export function useQueueAction(name: ActionName): QueueAction {
  const room = useControlRoom()
  const report = useReport()
  const rule = actionRules[name]
  const [isBusy, setBusy] = useState(false)
  const isAllowed = useSession((session) => session.scopes.has(rule.scope))
  const isConnected = useConnection((connection) => connection.state === 'open')
  const refusal = useStatus((status) => {
    if (status === null || !status.manager.reachable) return t.state.NO_MANAGER
    return rule.refuse(status, status.items_in_queue ?? 0)
  })
  const disabledReason = !isConnected
    ? t.common.notConnected
    : !isAllowed
      ? t.common.noScope(rule.scope)
      : refusal
  return {
    disabledReason,
    isBusy,
    async run() {
      setBusy(true)
      try {
        await room.http.post(rule.path, rule.body ?? {})
      } catch (error) {
        // The login page is already over this one.
        if (!(error instanceof HttpError && error.kind === 'unauthorized')) report(error)
      } finally {
        setBusy(false)
      }
    },
  }
}

/** Stop and abort need a paused engine; a running plan is paused at once first, then ended. */
export function useEndPlan(): (how: 'stop' | 'abort' | 'halt') => Promise<void> {
  const room = useControlRoom()
  const report = useReport()
  return async (how) => {
    try {
      const current = room.status.getState().status
      if (current?.manager_state !== 'paused') {
        await room.http.post('/re/pause', { option: 'immediate' })
        await untilPaused(room.status)
      }
      if (room.status.getState().status?.manager_state === 'paused')
        await room.http.post(actionRules[how].path)
    } catch (error) {
      report(error)
    }
  }
}

type StatusStore = ReturnType<typeof useControlRoom>['status']

/** Resolves when the plan is paused or has ended by itself; rejects after 30 s. */
function untilPaused(store: StatusStore): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe()
      reject(new Error(t.stateLine.pausePending))
    }, 30_000)
    const look = (): void => {
      const state = store.getState().status?.manager_state
      if (state !== 'paused' && state !== 'idle') return
      clearTimeout(timer)
      unsubscribe()
      resolve()
    }
    const unsubscribe = store.subscribe(look)
    look()
  })
}
