import { useCallback, useEffect, useRef, useState, type Dispatch, type SetStateAction } from 'react'
import type { MessageView } from './use-messages.ts'

/** What a search has found so far; its next page begins at the cursor. */
interface FoundSoFar {
  readonly cursor: string | null
}

export interface Search<Found> {
  readonly found: Found
  readonly setFound: Dispatch<SetStateAction<Found>>
  readonly isLoading: boolean
  readonly error: unknown
  readonly setError: (error: unknown) => void
  readonly more: () => void
  readonly reload: () => void
}

/** Finds page by page, anew whenever `next` is another; a search that begins ends the one under way. */
export function useFound<Found extends FoundSoFar>(
  nothing: Found,
  next: (before: Found, signal: AbortSignal) => Promise<Found>,
): Search<Found> {
  const [found, setFound] = useState(nothing)
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
      try {
        const after = await next(before, mine.signal)
        if (mine.signal.aborted) return
        setFound(after)
      } catch (failure) {
        if (mine.signal.aborted) return
        setError(failure)
      }
      setLoading(false)
    },
    [next],
  )
  const reload = useCallback((): void => {
    setFound(nothing)
    void load(nothing)
  }, [load, nothing])

  useEffect(() => {
    reload()
    return () => stop.current?.abort()
  }, [reload])

  return { found, setFound, isLoading, error, setError, more: () => void load(found), reload }
}

/** `/streams/topics/alerts/messages?dir=backward&limit=50&…`: a page of what is in a topic, from the cursor or the chosen place. */
export function pageAddress(
  topic: string,
  kind: 'messages' | 'alerts',
  page: { readonly limit: number; readonly cursor: string | null } & Pick<MessageView, 'dir' | 'from'> &
    Partial<Record<'partition' | 'filter' | 'cols', string>>,
): string {
  const { dir, limit, cursor, from, ...more } = page
  const query = new URLSearchParams({ dir, limit: String(limit) })
  for (const [key, value] of Object.entries(more)) if (value !== '') query.set(key, value)
  if (cursor !== null) query.set('cursor', cursor)
  else if (from !== '') query.set('from', from)
  return `/streams/topics/${encodeURIComponent(topic)}/${kind}?${query}`
}
