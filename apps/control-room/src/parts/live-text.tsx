import { useEffect, useRef, type ReactElement } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import { useControlRoom } from '../app/use-control-room.ts'
import { frameEntry } from '../stores/frame-loop.ts'

export interface LiveTextProps<S> {
  readonly store: StoreApi<S>
  readonly select: (state: S) => string
  /** Shown on hover. */
  readonly title?: ((state: S) => string) | undefined
  readonly className?: string
}

/** Text that changes more often than React should render: written straight to the element, at most once a frame. */
export function LiveText<S>({ store, select, title, className }: LiveTextProps<S>): ReactElement {
  const element = useRef<HTMLSpanElement>(null)
  const { frames } = useControlRoom()
  const choose = useRef({ select, title })
  useEffect(() => {
    choose.current = { select, title }
    if (element.current !== null) write(element.current, choose.current, store.getState())
  })
  useEffect(() => {
    const entry = frameEntry(() => {
      if (element.current !== null) write(element.current, choose.current, store.getState())
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

function write<S>(
  element: HTMLElement,
  { select, title }: Pick<LiveTextProps<S>, 'select' | 'title'>,
  state: S,
): void {
  const text = select(state)
  if (element.textContent !== text) element.textContent = text
  const hint = title?.(state) ?? ''
  if (element.title !== hint) element.title = hint
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
    const draw = (): void => {
      const fraction = choose.current(store.getState())
      const percent = Math.round(1000 * Math.min(1, Math.max(0, fraction ?? 0))) / 10
      const inner = bar.current?.firstElementChild
      if (inner instanceof HTMLElement) inner.style.width = `${percent}%`
      if (fraction === null) bar.current?.removeAttribute('aria-valuenow')
      else bar.current?.setAttribute('aria-valuenow', String(Math.round(percent)))
    }
    draw()
    const entry = frameEntry(draw)
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
