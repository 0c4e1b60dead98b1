import { useQuery } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'
import { recordedRuns, type RecordedRun } from './recorded-runs.ts'

const everyMs = 5_000
const none: readonly RecordedRun[] = []

/** The last acquisitions of a detector, newest first. */
export function useRecordedRuns(id: string): readonly RecordedRun[] {
  const { http } = useControlRoom()
  const found = useQuery({
    queryKey: ['detector-runs', id],
    queryFn: ({ signal }) => http.get<unknown>(`/detectors/${encodeURIComponent(id)}/runs`, signal),
    select: recordedRuns,
    refetchInterval: everyMs,
  })
  return found.data ?? none
}
