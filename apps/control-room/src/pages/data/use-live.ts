import type { LiveChannelState } from '@beamtime/http-gateway/ui-types'
import { useEffect, useState } from 'react'
import type { Profile } from '../../app/app-profile.ts'
import { useChannel } from '../../app/use-control-room.ts'
import { offBeat, rideBeat } from './beat.ts'

/** How long a change of state waits for results to be shown with. */
const patienceMs = 200

/** State of an instrument as it changes; null before it is known. */
export function useLiveState(instrument: string): LiveChannelState | null {
  const [state, setState] = useState<LiveChannelState | null>(null)
  useEffect(() => () => offBeat(setState), [])
  useChannel(
    'livedata',
    { instrument },
    {
      snapshot: (data) => rideBeat(setState, patienceMs, () => setState(data as LiveChannelState)),
    },
  )
  return state?.instrument === instrument ? state : null
}

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
