import type { LiveChannelState } from '@beamtime/http-gateway/ui-types'
import { useEffect, useRef, useState } from 'react'
import type { Profile } from '../../app/app-profile.ts'
import { useChannel } from '../../app/use-control-room.ts'
import { offBeat, rideBeat } from './beat.ts'

/** How long a change of state waits for results to be shown with. */
const patienceMs = 200

/** State of an instrument as it changes; null before it is known. `isCalm`: not when only times and rates of workers did. */
export function useLiveState(instrument: string, isCalm = false): LiveChannelState | null {
  const [state, setState] = useState<LiveChannelState | null>(null)
  const newest = useRef<LiveChannelState | null>(null)
  useEffect(() => () => offBeat(setState), [])
  const take = (next: LiveChannelState): void => {
    const before = newest.current
    newest.current = next
    // Not even a beat: each costs layout and paint of the page.
    if (isCalm && before !== null && isSameForPlots(before, next)) return
    rideBeat(setState, patienceMs, () => setState(newest.current))
  }
  useEffect(() => {
    // What was kept back while calm.
    if (!isCalm) setState(newest.current)
  }, [isCalm])
  useChannel('livedata', { instrument }, { snapshot: (data) => take(data as LiveChannelState) })
  return state?.instrument === instrument ? state : null
}

/** True when plots need not know of the change: nothing began, ended, failed or is new. Lists may be in another order. */
export function isSameForPlots(a: LiveChannelState, b: LiveChannelState): boolean {
  const jobs = new Map(b.jobs.map((job) => [job.id, job]))
  const keys = new Set(b.outputKeys)
  // A merge keeps what it does not change, so workflows and generations are compared by identity.
  return (
    a.workflows === b.workflows &&
    a.generations === b.generations &&
    a.isConnected === b.isConnected &&
    a.instrument === b.instrument &&
    a.outputKeys.length === b.outputKeys.length &&
    a.outputKeys.every((key) => keys.has(key)) &&
    a.jobs.length === b.jobs.length &&
    a.jobs.every((job) => isSameJob(job, jobs.get(job.id)))
  )
}

function isSameJob(a: LiveJob, b: LiveJob | undefined): boolean {
  return a.state === b?.state && a.error === b.error && a.warning === b.warning && a.isStale === b.isStale
}

type LiveJob = LiveChannelState['jobs'][number]

const groups: Readonly<Record<Profile, (group: string) => boolean>> = {
  all: () => true,
  monitors: (group) => group === 'Monitors',
  detectors: (group) => group === 'Detectors',
  reduction: () => true,
}

/** The state with the workflows of a profile only. */
export function stateFor(profile: Profile, state: LiveChannelState): LiveChannelState {
  const workflows = state.workflows.filter(({ group }) => groups[profile](group))
  const ids = new Set(workflows.map(({ id }) => id))
  return {
    ...state,
    workflows,
    generations: state.generations.filter(({ workflow }) => ids.has(workflow)),
    jobs: state.jobs.filter(({ workflow }) => ids.has(workflow)),
  }
}
