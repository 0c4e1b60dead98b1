// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { ImageState } from '../../src/image/use-image.ts'
import { sampleEveryMs, useSampled } from '../../src/image/use-sampled.ts'

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a number beside an image changes five times a second at most, and ends at the last value', () => {
  const store = createStore<ImageState>(() => ({
    frame: null,
    drawn: null,
    receivedMs: 0,
    error: null,
    isOpen: true,
    fps: 0,
  }))
  const seen: number[] = []
  function Shown(): null {
    const received = useSampled(store, (view) => view.receivedMs)
    if (seen.at(-1) !== received) seen.push(received)
    return null
  }
  const root = createRoot(document.createElement('div'))
  act(() => root.render(<Shown />))
  for (let image = 1; image <= 30; image++)
    act(() => {
      store.setState({ receivedMs: image })
      vi.advanceTimersByTime(33)
    })
  act(() => {
    vi.advanceTimersByTime(sampleEveryMs)
  })
  expect(seen.length).toBeLessThanOrEqual(2 + 990 / sampleEveryMs + 1)
  expect(seen.length).toBeGreaterThan(3)
  expect(seen.at(-1)).toBe(30)
  act(() => root.unmount())
  expect(vi.getTimerCount()).toBe(0)
})
