import type { Layout } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { geometryOf, noGeometry, type BeamGeometry } from '../../image/resolution.ts'
import { errorText, type HttpClient } from '../../net/http-client.ts'

/** Centres are dragged: what is still changing is not stored. */
const storeAfterMs = 500

/** Where the server keeps how a detector stands in the beam; everybody who looks at it sees the same. */
function layoutName(detector: string): string {
  return `detector geometry ${detector.replaceAll(/[^\w.-]/g, '_').slice(0, 50)}`
}

/** Asked for by the list of names, because there is nothing wrong with a detector for which nothing was stored. */
async function storedGeometry(http: HttpClient, name: string, signal: AbortSignal): Promise<BeamGeometry> {
  const { layouts } = await http.get<{ readonly layouts: readonly Pick<Layout, 'name'>[] }>(
    '/ui/layouts',
    signal,
  )
  if (!layouts.some((one) => one.name === name)) return noGeometry
  const found = await http.get<Layout>(`/ui/layouts/${encodeURIComponent(name)}`, signal)
  return geometryOf(found.layout)
}

/** Beam centre and rings of a detector, and how to change them. */
export function useBeamGeometry(
  detector: string,
): readonly [BeamGeometry, (change: Partial<BeamGeometry>) => void] {
  const { http, notices } = useControlRoom()
  const name = layoutName(detector)
  const stored = useQuery({
    queryKey: ['detector-geometry', name],
    queryFn: ({ signal }) => storedGeometry(http, name, signal),
  })
  const [changed, setChanged] = useState<BeamGeometry | null>(null)
  const waiting = useRef<{ readonly timer: number; readonly send: () => void } | null>(null)
  useEffect(
    () => () => {
      // Left before it was stored: now or never.
      const last = waiting.current
      waiting.current = null
      if (last === null) return
      clearTimeout(last.timer)
      last.send()
    },
    [name],
  )
  const geometry = changed ?? stored.data ?? noGeometry
  const change = (part: Partial<BeamGeometry>): void => {
    const next = { ...geometry, ...part }
    setChanged(next)
    if (waiting.current !== null) clearTimeout(waiting.current.timer)
    const send = (): void => {
      waiting.current = null
      http
        .put(`/ui/layouts/${encodeURIComponent(name)}`, next)
        .catch((error: unknown) => notices.add({ state: 'bad', text: errorText(error) }))
    }
    waiting.current = { timer: window.setTimeout(send, storeAfterMs), send }
  }
  return [geometry, change]
}
