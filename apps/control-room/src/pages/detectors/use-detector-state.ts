import type { DetectorState } from '@beamtime/http-gateway/ui-types'
import { useState } from 'react'
import { useChannel } from '../../app/use-control-room.ts'

/** The newest state of a detector, which stays when the detector goes away. */
export function useDetectorState(
  id: string,
  first: DetectorState | null,
): { readonly state: DetectorState | null; readonly isAway: boolean } {
  const [state, setState] = useState(first)
  const [isAway, setAway] = useState(first === null)
  useChannel(
    'detector',
    { id },
    {
      snapshot: (data) => {
        const { state: next } = data as { state: DetectorState | null }
        setAway(next === null)
        if (next !== null) setState(next)
      },
    },
  )
  return { state, isAway }
}
