import type { LiveHistoryAnswer } from '@beamtime/http-gateway/ui-types'
import { useEffect } from 'react'
import { useControlRoom } from '../../../app/use-control-room.ts'
import type { StageClient } from './stage-client.ts'

/** Gives the stage what the server kept of numbers over the last hour. `keys` in one text, with line breaks. */
export function useHistories(stage: StageClient, instrument: string, keys: string): void {
  const { http } = useControlRoom()
  useEffect(() => {
    if (keys === '') return undefined
    const stop = new AbortController()
    for (const key of keys.split('\n')) {
      const query = new URLSearchParams({ key })
      http
        .get<LiveHistoryAnswer>(`/livedata/${encodeURIComponent(instrument)}/history?${query}`, stop.signal)
        .then(({ times, values }) => {
          stage.tell({
            kind: 'history',
            key,
            times: Float64Array.from(times),
            values: Float64Array.from(values),
          })
        })
        .catch(() => undefined) // what is shown then begins now
    }
    return () => stop.abort()
  }, [http, stage, instrument, keys])
}
