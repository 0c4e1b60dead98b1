import type { AlertCard, AlertsPage } from '@beamtime/http-gateway/ui-types'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { MessageView } from './use-messages.ts'

export interface Alerts {
  readonly cards: readonly AlertCard[]
  readonly total: number
  readonly isLoading: boolean
  /** Nothing more is there, or as many are here as a page holds. */
  readonly isDone: boolean
  readonly error: unknown
  readonly more: () => void
  readonly reload: () => void
}

const pageCards = 25
/** A visit of the survey. */
const maxCards = 10_000

interface Found {
  readonly cards: readonly AlertCard[]
  readonly total: number
  readonly isDone: boolean
  readonly cursor: string | null
}

const nothing: Found = { cards: [], total: 0, isDone: false, cursor: null }

/** Alerts of a topic with their pictures, page by page. */
export function useAlerts(topic: string, { dir, from, partition, filter }: MessageView): Alerts {
  const { http } = useControlRoom()
  const [found, setFound] = useState<Found>(nothing)
  const [isLoading, setLoading] = useState(true)
  const [error, setError] = useState<unknown>(null)
  const stop = useRef<AbortController>(undefined)

  const load = useCallback(
    async (before: Found): Promise<void> => {
      stop.current?.abort()
      const mine = new AbortController()
      stop.current = mine
      setLoading(true)
      setError(null)
      const query = new URLSearchParams({ dir, limit: String(pageCards) })
      for (const [key, value] of Object.entries({ partition, filter }))
        if (value !== '') query.set(key, value)
      if (before.cursor !== null) query.set('cursor', before.cursor)
      else if (from !== '') query.set('from', from)
      try {
        const path = `/streams/topics/${encodeURIComponent(topic)}/alerts?${query}`
        const page = await http.get<AlertsPage>(path, mine.signal)
        if (mine.signal.aborted) return
        const cards = [...before.cards, ...page.cards]
        const isDone = page.done || cards.length >= maxCards
        setFound({ cards, total: page.total, isDone, cursor: page.cursor })
      } catch (failure) {
        if (mine.signal.aborted) return
        setError(failure)
      }
      setLoading(false)
    },
    [http, topic, dir, from, partition, filter],
  )

  useEffect(() => {
    setFound(nothing)
    void load(nothing)
    return () => stop.current?.abort()
  }, [load])

  return {
    ...found,
    isLoading,
    error,
    more: () => void load(found),
    reload: () => {
      setFound(nothing)
      void load(nothing)
    },
  }
}
