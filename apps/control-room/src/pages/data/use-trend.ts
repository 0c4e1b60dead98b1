import type { LiveHistoryAnswer } from '@beamtime/http-gateway/ui-types'
import { useEffect, useMemo, useState } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { PlotSource } from '../../plot/plot-frame.ts'
import type { OutputState } from './use-output.ts'

const spanMs = 3_600_000
const maxPoints = 20_000

/** A number over the last hour: what the server kept, then what comes. */
export function useTrend(instrument: string, key: string, store: StoreApi<OutputState>): PlotSource {
  const { http } = useControlRoom()
  const [listeners] = useState(() => new Set<() => void>())
  const series = useMemo(() => ({ key, times: [] as number[], values: [] as number[] }), [key])
  useEffect(() => {
    const stop = new AbortController()
    const query = new URLSearchParams({ key })
    http
      .get<LiveHistoryAnswer>(`/livedata/${encodeURIComponent(instrument)}/history?${query}`, stop.signal)
      .then(({ times, values }) => {
        const first = series.times[0] ?? Number.POSITIVE_INFINITY
        const older = times.findIndex((time) => time >= first)
        const end = older < 0 ? times.length : older
        series.times.unshift(...times.slice(0, end))
        series.values.unshift(...values.slice(0, end))
        for (const listener of listeners) listener()
      })
      .catch(() => undefined) // the trend then begins now
    const unsubscribe = store.subscribe(({ output }) => {
      if (output === null) return
      const times = output.coords.get('time')?.values ?? Float64Array.of(output.timeMs)
      for (const [index, time] of times.entries()) {
        if (time <= (series.times.at(-1) ?? Number.NEGATIVE_INFINITY)) continue
        series.times.push(time)
        series.values.push(output.values[index] ?? Number.NaN)
      }
      const oldest = (series.times.at(-1) ?? output.timeMs) - spanMs
      while ((series.times[0] ?? oldest) < oldest || series.times.length > maxPoints) {
        series.times.shift()
        series.values.shift()
      }
      for (const listener of listeners) listener()
    })
    return () => {
      stop.abort()
      unsubscribe()
    }
  }, [http, instrument, key, store, series, listeners])
  return useMemo(
    () => ({
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      read: () => ({
        marks: [],
        xRange: null,
        lines: [
          {
            key,
            label: '',
            x: Float64Array.from(series.times),
            y: Float64Array.from(series.values),
            colour: 0,
            dash: [],
            hasPoints: false,
            isMain: true,
          },
        ],
      }),
    }),
    [key, series, listeners],
  )
}
