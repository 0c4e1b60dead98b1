import { useEffect, useRef, type ReactElement } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import { useControlRoom } from '../app/use-control-room.ts'
import { frameEntry } from '../stores/frame-loop.ts'

export interface LiveTextProps<S> {
  readonly store: StoreApi<S>
  readonly select: (state: S) => string
  readonly className?: string
}

/** Text that changes more often than React should render: written straight to the element, at most once a frame. */
export function LiveText<S>({ store, select, className }: LiveTextProps<S>): ReactElement {
  const element = useRef<HTMLSpanElement>(null)
  const { frames } = useControlRoom()
  const choose = useRef(select)
  useEffect(() => {
    choose.current = select
    if (element.current !== null) element.current.textContent = select(store.getState())
  })
  useEffect(() => {
    const entry = frameEntry(() => {
      const text = choose.current(store.getState())
      if (element.current !== null && element.current.textContent !== text) element.current.textContent = text
    })
    const unsubscribe = store.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [store, frames])
  return (
    <span ref={element} className={className}>
      {select(store.getState())}
    </span>
  )
}

/** Progress bar fed in the same way; `select` gives 0..1 or null when unknown. */
export function LiveBar<S>({
  store,
  select,
  tone = '',
  label,
}: {
  store: StoreApi<S>
  select: (state: S) => number | null
  tone?: string
  label: string
}): ReactElement {
  const bar = useRef<HTMLDivElement>(null)
  const { frames } = useControlRoom()
  const choose = useRef(select)
  useEffect(() => {
    choose.current = select
    const write = (): void => {
      const fraction = choose.current(store.getState())
      const percent = Math.round(1000 * Math.min(1, Math.max(0, fraction ?? 0))) / 10
      const inner = bar.current?.firstElementChild
      if (inner instanceof HTMLElement) inner.style.width = `${percent}%`
      if (fraction === null) bar.current?.removeAttribute('aria-valuenow')
      else bar.current?.setAttribute('aria-valuenow', String(Math.round(percent)))
    }
    write()
    const entry = frameEntry(write)
    const unsubscribe = store.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [store, frames, select])
  return (
    <div
      ref={bar}
      className={`progress ${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <i />
    </div>
  )
}
