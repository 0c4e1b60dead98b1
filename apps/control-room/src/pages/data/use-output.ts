import { useEffect, useState } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { useChannel } from '../../app/use-control-room.ts'
import { offBeat, onBeat } from './beat.ts'
import { shownOutput, type OutputSummary, type ShownOutput } from './plots/shown-output.ts'
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

/** Follows one output with its arrays, for what the page itself works with. */
export function useOutputArrays(
  instrument: string,
  key: string,
  maxRate: number,
): StoreApi<{ readonly output: ShownOutput | null }> {
  const [store] = useState(() =>
    createStore<{ readonly output: ShownOutput | null }>(() => ({ output: null })),
  )
  useEffect(() => {
    store.setState({ output: null })
    return () => offBeat(store)
  }, [store, instrument, key])
  useChannel(
    'output',
    { instrument, key, maxRate },
    {
      frame: (frame) => onBeat(store, () => store.setState({ output: shownOutput(frame) })),
    },
  )
  return store
}
