import type { RunDetail, RunSummary } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useControlRoom, useScope } from '../app/use-control-room.ts'

/** Summary of one run; undefined until it has arrived, and without the right to see runs. */
export function useRunSummary(uid: string | undefined): RunSummary | undefined {
  const { http } = useControlRoom()
  const mayRead = useScope('read:monitor')
  const found = useQuery({
    queryKey: ['run-summary', uid],
    queryFn: async ({ signal }) =>
      (await http.get<RunDetail>(`/runs/${encodeURIComponent(uid ?? '')}`, signal)).summary,
    enabled: mayRead && uid !== undefined,
    staleTime: 60_000,
  })
  return found.data
}
