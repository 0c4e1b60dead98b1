import type { LiveChannelState } from '@beamtime/http-gateway/ui-types'
import { useState } from 'react'
import { useChannel } from '../../app/use-control-room.ts'

/** State of an instrument as it changes; null before it is known. */
export function useLiveState(instrument: string): LiveChannelState | null {
  const [state, setState] = useState<LiveChannelState | null>(null)
  useChannel('livedata', { instrument }, { snapshot: (data) => setState(data as LiveChannelState) })
  return state?.instrument === instrument ? state : null
}

/** Which workflows a page shows: a dashboard of its own port shows one group. */
export type Profile = 'all' | 'monitors' | 'detectors' | 'reduction'

export function profileOfPage(): { readonly profile: Profile; readonly instrument: string | null } {
  const meta = document.querySelector('meta[name="app-profile"]')
  const content = meta?.getAttribute('content')
  const profile = (['monitors', 'detectors', 'reduction'] as const).find((one) => one === content) ?? 'all'
  return { profile, instrument: meta?.getAttribute('data-instrument') ?? null }
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
