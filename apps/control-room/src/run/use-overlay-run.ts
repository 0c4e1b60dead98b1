import type { RunsPage } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useControlRoom, useScope } from '../app/use-control-room.ts'
import { useLiveRun } from '../app/use-live-run.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import { t } from '../text/text.ts'
import { curveOf, type Curve, type Shaping } from './run-plots.ts'

export interface Overlay {
  readonly id: string
  readonly label: string
  readonly curve: () => Curve | null
}

/** Earlier runs of the same plan, newest first. */
export function useEarlierRuns(run: LiveRunStore): RunsPage['runs'] {
  const { http } = useControlRoom()
  const mayRead = useScope('read:monitor')
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const plan = useStore(run.store, (view) => view.snap?.summary.plan_name)
  const time = useStore(run.store, (view) => view.snap?.summary.time ?? 0)
  const found = useQuery({
    queryKey: ['earlier-runs', uid, plan],
    queryFn: ({ signal }) =>
      http.get<RunsPage>(`/runs?limit=12&plan=${encodeURIComponent(plan ?? '')}`, signal),
    enabled: mayRead && plan !== undefined && uid !== undefined,
    staleTime: 60_000,
  })
  return useMemo(
    () => (found.data?.runs ?? []).filter((other) => other.uid !== uid && other.time <= time),
    [found.data, uid, time],
  )
}

/** Grey curve of `choice`: 'last' is the newest earlier run of the plan with the same axis, 'none' nothing, else a run by its key. */
export function useOverlayRun(
  run: LiveRunStore,
  choice: string,
  { signal, norm, math }: Shaping & { readonly signal: string | undefined },
): Overlay | null {
  const earlier = useEarlierRuns(run)
  const motors = useStore(run.store, (view) => view.snap?.summary.motors.join(' '))
  const last = earlier.find((other) => other.motors.join(' ') === motors)
  const uid = choice === 'none' ? undefined : choice === 'last' ? last?.uid : choice
  const other = useLiveRun(uid ?? null)
  const shown = useStore(other.store, (view) => view.snap)
  return useMemo(() => {
    if (uid === undefined || shown === null || shown.uid !== uid) return null
    const id = String(shown.summary.scan_id ?? '')
    return { id, label: t.live.runLabel(id), curve: () => curveOf(other, signal, { norm, math }) }
  }, [uid, shown, other, signal, norm, math])
}
