import { useEffect, useState } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { OutputSummary, ShownOutput } from './plots/shown-output.ts'
import { useStage } from './plots/use-stage.ts'

/** What is told of an output beside its plot; the arrays are where it is drawn. */
export interface OutputState {
  readonly output: OutputSummary | null
  readonly receivedMs: number
}

interface FollowOptions {
  readonly isFrozen: boolean
  readonly maxRate: number
}

/** Follows one output; `isFrozen` keeps what is shown. */
export function useOutput(
  instrument: string,
  key: string,
  { isFrozen, maxRate }: FollowOptions,
): StoreApi<OutputState> {
  const stage = useStage()
  const [store] = useState(() => createStore<OutputState>(() => ({ output: null, receivedMs: 0 })))
  useEffect(() => store.setState({ output: null, receivedMs: 0 }), [store, instrument, key])
  useEffect(() => {
    if (isFrozen) return undefined
    return stage.follow({ instrument, key, maxRate }, (output, receivedMs) =>
      store.setState({ output, receivedMs }),
    )
  }, [stage, store, instrument, key, isFrozen, maxRate])
  return store
}

/** Follows one output with its arrays, for what the page itself works with; told when they change. */
export function useOutputArrays(
  instrument: string,
  key: string,
  maxRate: number,
): StoreApi<{ readonly output: ShownOutput | null }> {
  const stage = useStage()
  const [store] = useState(() =>
    createStore<{ readonly output: ShownOutput | null }>(() => ({ output: null })),
  )
  useEffect(() => {
    store.setState({ output: null })
    return stage.followWhole({ instrument, key, maxRate }, (output) => store.setState({ output }))
  }, [stage, store, instrument, key, maxRate])
  return store
}
