import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { InsideClient } from '../src/control-socket.ts'
import { startSelfCheck } from '../src/self-check.ts'

const everyMs = 500
let told: string[]
let answer: () => void
let questions: number
let check: { close(): void }

beforeEach(() => {
  vi.useFakeTimers()
  told = []
  questions = 0
  const client: InsideClient = {
    send: () => (questions += 1),
    onAnswer: (heard) => (answer = heard),
    close: () => told.push('closed'),
  }
  check = startSelfCheck({
    client,
    everyMs,
    patience: 3,
    limit: 6,
    onAnswer: () => told.push('alive'),
    onSilent: () => told.push('silent'),
    onLost: () => told.push('lost'),
  })
})

afterEach(() => {
  check.close()
  vi.useRealTimers()
})

test('a manager that answers is alive at each look, and is asked once between two of them', () => {
  for (let look = 0; look < 20; look += 1) {
    answer()
    vi.advanceTimersByTime(everyMs)
  }
  expect(told).toEqual(Array(20).fill('alive'))
  expect(questions).toBe(21)
})

test('a manager that answers no more is told as silent once and then as lost once, and is not asked meanwhile', () => {
  vi.advanceTimersByTime(everyMs * 20)
  expect(told).toEqual(['silent', 'lost'])
  expect(questions).toBe(1)
})

test('a late answer counts, and silence is counted anew', () => {
  vi.advanceTimersByTime(everyMs * 5)
  answer()
  vi.advanceTimersByTime(everyMs * 5)
  expect(told).toEqual(['silent', 'alive', 'silent'])
})

test('nothing is told after the end', () => {
  check.close()
  vi.advanceTimersByTime(everyMs * 20)
  expect(told).toEqual(['closed'])
})
