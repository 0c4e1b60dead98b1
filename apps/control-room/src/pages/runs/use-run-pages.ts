import type { RunsPage, RunSummary } from '@beamtime/http-gateway/ui-types'
import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'

/** Rows of one request; a jump to any place costs one or two of them. */
const pageRows = 60

export interface RunPages {
  readonly total: number
  readonly tookMs: number
  readonly facets: RunsPage['facets']
  readonly isLoading: boolean
  readonly error: unknown
  readonly at: (index: number) => RunSummary | undefined
  readonly onRange: (first: number, last: number) => void
  readonly refresh: () => void
  /** Puts a newer state of a known run in place. */
  readonly put: (run: RunSummary) => boolean
}

/** Runs that match, loaded in windows around what is seen. */
export function useRunPages(query: string): RunPages {
  const { http } = useControlRoom()
  const cache = useQueryClient()
  const [range, setRange] = useState<readonly [number, number]>([0, 0])
  const head = useQuery({
    queryKey: ['runs', query, 'facets'],
    queryFn: ({ signal }) =>
      http.get<RunsPage>(`/runs?limit=1&facets=1&q=${encodeURIComponent(query)}`, signal),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const [first, last] = range
  const numbers = useMemo(() => Array.from({ length: last - first + 1 }, (_, i) => first + i), [first, last])
  const pages = useQueries({
    queries: numbers.map((number) => ({
      queryKey: ['runs', query, number],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        http.get<RunsPage>(
          `/runs?limit=${pageRows}&offset=${number * pageRows}&spark=1&q=${encodeURIComponent(query)}`,
          signal,
        ),
      staleTime: 60_000,
      gcTime: 60_000,
    })),
  })
  const loaded = new Map(numbers.map((number, i) => [number, pages[i]?.data]))
  const total = pages.find((page) => page.data !== undefined)?.data?.total ?? head.data?.total ?? 0
  const onRange = useCallback((from: number, to: number) => {
    const next = [Math.floor(from / pageRows), Math.floor(to / pageRows)] as const
    setRange((old) => (old[0] === next[0] && old[1] === next[1] ? old : next))
  }, [])
  const refresh = useCallback(() => void cache.invalidateQueries({ queryKey: ['runs'] }), [cache])
  const put = useCallback(
    (run: RunSummary) => {
      let isKnown = false
      cache.setQueriesData<RunsPage>({ queryKey: ['runs'] }, (page) => {
        if (page === undefined || !page.runs.some((other) => other.uid === run.uid)) return page
        isKnown = true
        return {
          ...page,
          runs: page.runs.map((other) =>
            other.uid === run.uid ? { ...other, ...run, spark: run.spark ?? other.spark ?? [] } : other,
          ),
        }
      })
      return isKnown
    },
    [cache],
  )
  return {
    total,
    tookMs: pages[0]?.data?.tookMs ?? head.data?.tookMs ?? 0,
    facets: head.data?.facets,
    isLoading: head.isLoading,
    error: head.error ?? pages.find((page) => page.error !== null)?.error ?? null,
    at: (index) => loaded.get(Math.floor(index / pageRows))?.runs[index % pageRows],
    onRange,
    refresh,
    put,
  }
}
