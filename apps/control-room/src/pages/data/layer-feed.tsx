import { useEffect, useMemo } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { useOutput, type OutputState } from './use-output.ts'

/** An output that lies over others in one plot. */
export interface Layer {
  readonly key: string
  readonly source: string
  readonly store: StoreApi<OutputState>
}

/** The layers of a cell, the first one last; their stores are filled by `LayerFeed`s. */
export function useLayerStores(
  first: Layer,
  more: readonly { readonly key: string; readonly source: string }[],
): readonly Layer[] {
  const { key, source, store } = first
  return useMemo(
    () => [
      { key, source, store },
      ...more.map((layer) => ({
        ...layer,
        store: createStore<OutputState>(() => ({ output: null, receivedMs: 0 })),
      })),
    ],
    [key, source, store, more],
  )
}

/** Follows the output of one further layer; shows nothing itself. */
export function LayerFeed({
  instrument,
  outputKey,
  isFrozen,
  stores,
}: {
  readonly instrument: string
  readonly outputKey: string
  readonly isFrozen: boolean
  readonly stores: readonly Layer[]
}): null {
  const from = useOutput(instrument, outputKey, { isFrozen, maxRate: 5 })
  useEffect(() => {
    const target = stores.find(({ key, store }) => key === outputKey && store !== from)?.store
    target?.setState(from.getState())
    return from.subscribe((state) => target?.setState(state))
  }, [from, stores, outputKey])
  return null
}
