import { expect, test } from 'vitest'
import { createFrameLoop, frameEntry } from '../../src/stores/frame-loop.ts'

function driven() {
  let waiting: ((ms: number) => void) | undefined
  const loop = createFrameLoop((callback) => {
    waiting = callback
  })
  return {
    loop,
    frame(ms: number) {
      const run = waiting
      waiting = undefined
      run?.(ms)
    },
    get isWaiting() {
      return waiting !== undefined
    },
  }
}

test('an entry is flushed once a frame however often it was marked', () => {
  const d = driven()
  let count = 0
  const entry = frameEntry(() => {
    count += 1
  })
  d.loop.schedule(entry)
  d.loop.schedule(entry)
  d.frame(16)
  expect(count).toBe(1)
  expect(d.isWaiting).toBe(false)
})

test('an entry with a rate waits for its time', () => {
  const d = driven()
  let count = 0
  const entry = frameEntry(() => {
    count += 1
  }, 100)
  for (let ms = 0; ms <= 320; ms += 16) {
    d.loop.schedule(entry)
    d.frame(ms)
  }
  expect(count).toBe(3)
})

test('a cancelled entry is not flushed', () => {
  const d = driven()
  let count = 0
  const entry = frameEntry(() => {
    count += 1
  })
  d.loop.schedule(entry)
  d.loop.cancel(entry)
  d.frame(16)
  expect(count).toBe(0)
})
