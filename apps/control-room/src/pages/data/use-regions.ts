import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import type { RegionsOfJob } from './output-kind.ts'
import {
  isSame,
  outputOfKind,
  readbackRegions,
  regionsRequest,
  type RegionKind,
  type ShownRegion,
} from './regions.ts'
import { useOutputArrays } from './use-output.ts'

const waitMs = 10_000
const kinds = ['rectangles', 'polygons'] as const

/** The regions of a job as its service says them, and those that were asked for until it does. */
export function useRegions(
  instrument: string,
  outputKey: string,
  job: RegionsOfJob,
): {
  readonly regions: readonly ShownRegion[]
  /** The service has not said yet that it uses them. */
  readonly isPending: boolean
  readonly send: (regions: readonly ShownRegion[], kind: RegionKind) => void
} {
  const { http, notices } = useControlRoom()
  const base = outputKey.slice(0, outputKey.lastIndexOf('/'))
  const rectangles = useOutputArrays(instrument, `${base}/${outputOfKind.rectangles}`, 5)
  const polygons = useOutputArrays(instrument, `${base}/${outputOfKind.polygons}`, 5)
  const stores = { rectangles, polygons }
  const readbacks = {
    rectangles: useStore(rectangles, (view) => view.output),
    polygons: useStore(polygons, (view) => view.output),
  }
  const known = kinds.flatMap((kind) => readbackRegions(kind, readbacks[kind]))
  const [asked, setAsked] = useState<readonly ShownRegion[] | null>(null)
  const isPending = asked !== null && !isSame(asked, known)
  useEffect(() => {
    if (asked === null) return undefined
    if (!isPending) {
      setAsked(null)
      return undefined
    }
    const timer = setTimeout(() => setAsked(null), waitMs)
    return () => clearTimeout(timer)
  }, [asked, isPending])
  return {
    regions: asked ?? known,
    isPending,
    send(regions, kind) {
      setAsked(regions)
      const { output } = stores[kind].getState()
      http
        .post(`/livedata/${encodeURIComponent(instrument)}/command`, {
          kind: 'regions',
          source: job.source,
          jobNumber: job.jobNumber,
          regions: regionsRequest(kind, regions, output),
        })
        .catch((failure: unknown) => {
          setAsked(null)
          notices.add({ state: 'bad', text: errorText(failure) })
        })
    },
  }
}
