import { useEffect, useState } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { useChannel } from '../../app/use-control-room.ts'
import { offBeat, onBeat } from './beat.ts'
import { toDoubles, type ArraysFrame, type FrameColumn } from '../../net/frame-codec.ts'

/** One result of an output, ready to draw. */
export interface ShownOutput {
  readonly title: string
  readonly unit: string
  readonly shape: readonly number[]
  readonly axes: readonly string[]
  readonly values: Float64Array
  readonly errors: Float64Array | null
  /** Coordinates by the names of their axes. */
  readonly coords: ReadonlyMap<string, { readonly values: Float64Array; readonly unit: string }>
  /** Of the data, Unix ms: begin of the window or of the job, and the end. */
  readonly startTimeMs: number | null
  readonly timeMs: number
  readonly sum: number
}

export interface OutputState {
  readonly output: ShownOutput | null
  readonly receivedMs: number
}

/** Follows one output; `isFrozen` keeps what is shown. */
export function useOutput(
  instrument: string,
  key: string,
  { isFrozen, maxRate }: { readonly isFrozen: boolean; readonly maxRate: number },
): StoreApi<OutputState> {
  const [store] = useState(() => createStore<OutputState>(() => ({ output: null, receivedMs: 0 })))
  useEffect(() => {
    store.setState({ output: null, receivedMs: 0 })
    return () => offBeat(store)
  }, [store, instrument, key])
  useChannel('output', isFrozen ? null : { instrument, key, maxRate }, {
    frame: (frame) => {
      if (frame.kind !== 'arrays') return
      const receivedMs = Date.now()
      onBeat(store, () => store.setState({ output: shownOutput(frame), receivedMs }))
    },
  })
  return store
}

function shownOutput({ columns, meta, sourceTimeMs }: ArraysFrame): ShownOutput | null {
  const signal = columns.find(({ name }) => name === 'signal')
  if (signal === undefined) return null
  const values = toDoubles(signal.data)
  const errors = columns.find(({ name }) => name === 'errors')
  const listed = meta['arrays'] as readonly { readonly name: string; readonly axes?: readonly string[] }[]
  return {
    title: typeof meta['title'] === 'string' ? meta['title'] : '',
    unit: signal.unit ?? '',
    shape: signal.shape,
    axes: listed.find(({ name }) => name === 'signal')?.axes ?? [],
    values,
    errors: errors === undefined ? null : toDoubles(errors.data),
    coords: new Map(
      columns
        .filter(({ name }) => name !== 'signal' && name !== 'errors')
        .map((column: FrameColumn) => [
          column.name,
          { values: toDoubles(column.data), unit: column.unit ?? '' },
        ]),
    ),
    startTimeMs: Array.isArray(meta['time']) ? Number(meta['time'][0]) : null,
    timeMs: sourceTimeMs,
    sum: sumOf(values),
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) if (!Number.isNaN(value)) sum += value
  return sum
}

/** Centres of bins, when a coordinate has one value more than the axis. */
export function centresOf(coord: Float64Array, length: number): Float64Array {
  if (coord.length !== length + 1) return coord
  return Float64Array.from({ length }, (_, index) => ((coord[index] ?? 0) + (coord[index + 1] ?? 0)) / 2)
}
