import type { MessageRow, MessagesPage, TailEvent } from '@beamtime/http-gateway/ui-types'
import { useCallback } from 'react'
import { useChannel, useControlRoom } from '../../app/use-control-room.ts'
import { pageAddress, useFound } from './use-found.ts'

/** What a person looks at; it stands in the address. */
export interface MessageView {
  readonly dir: 'backward' | 'forward'
  readonly from: string
  readonly partition: string
  readonly filter: string
  readonly cols: string
}

export interface Messages {
  readonly rows: readonly MessageRow[]
  readonly scanned: number
  readonly total: number
  /** Counted by the tail but not shown. */
  readonly left: number
  readonly isLoading: boolean
  readonly isDone: boolean
  readonly error: unknown
  readonly more: () => void
  readonly reload: () => void
}

const pageRows = 50
/** Rows kept; a tail lets the oldest go. */
const maxRows = 2_000

interface Found {
  readonly rows: readonly MessageRow[]
  readonly scanned: number
  readonly total: number
  readonly left: number
  readonly isDone: boolean
  readonly cursor: string | null
}

const nothing: Found = { rows: [], scanned: 0, total: 0, left: 0, isDone: false, cursor: null }

/** Messages of a topic page by page, or as they come while `isTailing`; stopping keeps the rows. */
export function useMessages(topic: string, view: MessageView, isTailing: boolean): Messages {
  const { http } = useControlRoom()
  const { dir, from, partition, filter, cols } = view
  const next = useCallback(
    async (before: Found, signal: AbortSignal): Promise<Found> => {
      const { cursor } = before
      const place = { dir, from, partition, filter, cols, cursor, limit: pageRows }
      const page = await http.get<MessagesPage>(pageAddress(topic, 'messages', place), signal)
      return {
        rows: [...before.rows, ...page.messages].slice(-maxRows),
        scanned: before.scanned + page.scanned,
        total: page.total,
        left: 0,
        isDone: page.done,
        cursor: page.cursor,
      }
    },
    [http, topic, dir, from, partition, filter, cols],
  )
  const { found, setFound, isLoading, error, setError, more, reload } = useFound(nothing, next)

  const args = {
    topic,
    maxRate: 200,
    ...(filter === '' ? {} : { filter }),
    ...(cols === '' ? {} : { cols: cols.split(',') }),
    ...(partition === '' ? {} : { partitions: [Number(partition)] }),
  }
  useChannel('tail', isTailing ? args : null, {
    event: (data) => {
      const event = data as TailEvent
      setFound((old) => ({
        ...old,
        // Newest on top, as the first page has it.
        rows: [...event.rows.toReversed(), ...old.rows].slice(0, maxRows),
        scanned: old.scanned + event.seen,
        total: old.total + event.seen,
        left: old.left + event.left,
      }))
    },
    error: setError,
  })

  return { ...found, isLoading, error, more, reload }
}
