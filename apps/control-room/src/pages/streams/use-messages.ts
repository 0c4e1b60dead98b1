import type { MessageRow, MessagesPage, TailEvent } from '@beamtime/http-gateway/ui-types'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useChannel, useControlRoom } from '../../app/use-control-room.ts'

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
  const [found, setFound] = useState<Found>(nothing)
  const [isLoading, setLoading] = useState(true)
  const [error, setError] = useState<unknown>(null)
  const stop = useRef<AbortController>(undefined)
  const { dir, from, partition, filter, cols } = view

  const load = useCallback(
    async (before: Found): Promise<void> => {
      stop.current?.abort()
      const mine = new AbortController()
      stop.current = mine
      setLoading(true)
      setError(null)
      const query = new URLSearchParams({ dir, limit: String(pageRows) })
      for (const [key, value] of Object.entries({ partition, filter, cols }))
        if (value !== '') query.set(key, value)
      if (before.cursor !== null) query.set('cursor', before.cursor)
      else if (from !== '') query.set('from', from)
      try {
        const page = await http.get<MessagesPage>(
          `/streams/topics/${encodeURIComponent(topic)}/messages?${query}`,
          mine.signal,
        )
        if (mine.signal.aborted) return
        setFound({
          rows: [...before.rows, ...page.messages].slice(-maxRows),
          scanned: before.scanned + page.scanned,
          total: page.total,
          left: 0,
          isDone: page.done,
          cursor: page.cursor,
        })
        setLoading(false)
      } catch (failure) {
        if (mine.signal.aborted) return
        setError(failure)
        setLoading(false)
      }
    },
    [http, topic, dir, from, partition, filter, cols],
  )

  useEffect(() => {
    setFound(nothing)
    void load(nothing)
    return () => stop.current?.abort()
  }, [load])

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
