import { useEffect, useReducer } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../app/use-control-room.ts'
import { frameEntry } from '../stores/frame-loop.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import type { LiveTable } from '../stores/live-table.ts'

/** Renders again at most twice a second while rows of the stream arrive; gives the table. */
export function useRunTable(
  run: LiveRunStore,
  stream: string | undefined,
): { readonly table: LiveTable | undefined; readonly version: number } {
  const { frames } = useControlRoom()
  const [version, bump] = useReducer((n: number) => n + 1, 0)
  const table = useStore(run.store, (view) => (stream === undefined ? undefined : view.tables.get(stream)))
  useEffect(() => {
    if (table === undefined) return undefined
    const entry = frameEntry(bump, 500)
    const unsubscribe = table.subscribe(() => frames.schedule(entry))
    // Without rows yet, the first ones are shown at once instead of half a second later.
    if (table.rows > 0) frames.schedule(entry)
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [table, frames])
  return { table, version }
}
