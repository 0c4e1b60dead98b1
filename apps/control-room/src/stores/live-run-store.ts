import type { RunSnap } from '@beamtime/http-gateway/ui-types'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ArraysFrame } from '../net/frame-codec.ts'
import { liveTable, type LiveTable } from './live-table.ts'

export interface LiveRunView {
  readonly isLoaded: boolean
  /** Null when there has been no run. */
  readonly snap: RunSnap | null
  /** The run followed before, kept for the grey overlay. */
  readonly previous: { readonly snap: RunSnap; readonly tables: ReadonlyMap<string, LiveTable> } | null
  readonly tables: ReadonlyMap<string, LiveTable>
  readonly lastRowsMs: number
  readonly error: string | null
}

export interface LiveRunStore {
  readonly store: StoreApi<LiveRunView>
  applySnap(snap: RunSnap | null): void
  applyFrame(frame: ArraysFrame, nowMs: number): void
  fail(text: string): void
  reset(): void
}

const nothing: LiveRunView = {
  isLoaded: false,
  snap: null,
  previous: null,
  tables: new Map(),
  lastRowsMs: 0,
  error: null,
}

/** One run as it grows: its documents in React state, its rows in tables outside of it. */
export function createLiveRunStore(): LiveRunStore {
  const store = createStore<LiveRunView>(() => nothing)

  return {
    store,
    applySnap(snap) {
      const { snap: shown, tables, previous } = store.getState()
      if (snap === null) return store.setState({ isLoaded: true, snap: null, tables: new Map() })
      const isSame = shown?.uid === snap.uid
      const kept = !isSame && shown !== null ? { snap: shown, tables } : previous
      store.setState({
        isLoaded: true,
        error: null,
        snap,
        previous: kept,
        tables: isSame ? tables : new Map(snap.streams.map((stream) => [stream.name, liveTable()])),
      })
    },
    applyFrame(frame, nowMs) {
      const { snap, tables } = store.getState()
      const { stream, first, uid } = frame.meta
      if (snap === null || typeof stream !== 'string' || typeof first !== 'number') return
      if (typeof uid === 'string' && uid !== snap.uid) return
      let table = tables.get(stream)
      if (table === undefined) {
        table = liveTable()
        store.setState({ tables: new Map([...tables, [stream, table]]) })
      }
      table.write(first, frame.columns)
      // Age of the data is looked at once a second; a finer value would only wake React up.
      if (nowMs - store.getState().lastRowsMs > 900) store.setState({ lastRowsMs: nowMs })
    },
    fail: (text) => store.setState({ error: text, isLoaded: true }),
    reset: () => store.setState(nothing),
  }
}
