import type { AlertCard, AlertsPage } from '@beamtime/http-gateway/ui-types'
import { useCallback } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { pageAddress, useFound } from './use-found.ts'
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
  const next = useCallback(
    async (before: Found, signal: AbortSignal): Promise<Found> => {
      const { cursor } = before
      const address = pageAddress(topic, 'alerts', { dir, from, partition, filter, cursor, limit: pageCards })
      const page = await http.get<AlertsPage>(address, signal)
      const cards = [...before.cards, ...page.cards]
      const isDone = page.done || cards.length >= maxCards
      return { cards, total: page.total, isDone, cursor: page.cursor }
    },
    [http, topic, dir, from, partition, filter],
  )
  const { found, isLoading, error, more, reload } = useFound(nothing, next)
  return { ...found, isLoading, error, more, reload }
}
