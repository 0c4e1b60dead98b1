import { useEffect, useRef, useState } from 'react'
import type { ImageState, ImageStore } from './use-image.ts'

/** Numbers beside an image: nobody reads them faster, and drawing them with each image would take the page's time. */
export const sampleEveryMs = 200

/** What a selector finds in the store, at most five times a second; the last value always comes. */
export function useSampled<T>(store: ImageStore, select: (state: ImageState) => T): T {
  const [value, setValue] = useState(() => select(store.getState()))
  const latest = useRef(select)
  useEffect(() => {
    latest.current = select
  })
  useEffect(() => {
    let timer: number | undefined
    let last = Number.NEGATIVE_INFINITY
    const take = (): void => {
      timer = undefined
      last = performance.now()
      setValue(() => latest.current(store.getState()))
    }
    take()
    const unsubscribe = store.subscribe(() => {
      const waitMs = last + sampleEveryMs - performance.now()
      if (waitMs <= 0 && timer === undefined) take()
      else timer ??= window.setTimeout(take, waitMs)
    })
    return () => {
      unsubscribe()
      window.clearTimeout(timer)
    }
  }, [store])
  return value
}
