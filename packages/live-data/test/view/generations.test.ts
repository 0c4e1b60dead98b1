import { expect, test } from 'vitest'
import type { LiveJob } from '../../src/ui-types.ts'
import { Generations } from '../../src/view/generations.ts'

const workflow = 'dummy/panel_0_xy/1'

function job(jobNumber: string, values: Partial<LiveJob> = {}): LiveJob {
  return {
    id: `panel_0/${jobNumber}`,
    workflow,
    source: 'panel_0',
    jobNumber,
    state: 'active',
    warning: null,
    error: null,
    startTime: null,
    endTime: null,
    seenAt: 0,
    isStale: false,
    ...values,
  }
}

test('a running job nobody is known to have started is adopted', () => {
  const generations = new Generations()
  expect(generations.jobSeen(job('a'), 0)).toBe(workflow)
  expect(generations.isCurrent(workflow, 'a')).toBe(true)
})

test('the job of a service that was killed gives way to that of the next one when it has been silent', () => {
  const generations = new Generations()
  generations.jobSeen(job('a'), 0)
  const changes = [2, 4, 6, 8].map((s) => generations.jobSeen(job('b'), s * 1_000))
  expect(changes).toEqual([null, null, null, workflow])
  expect(generations.isCurrent(workflow, 'b')).toBe(true)
})

test('while the job that counts says that it runs, another one does not take its place', () => {
  const generations = new Generations()
  generations.jobSeen(job('a'), 0)
  for (let s = 2; s < 60; s += 2) {
    generations.jobSeen(job('b'), s * 1_000)
    generations.jobSeen(job('a'), s * 1_000)
  }
  expect(generations.isCurrent(workflow, 'a')).toBe(true)
})

test('a job that says stopped gives way at once', () => {
  const generations = new Generations()
  generations.jobSeen(job('a'), 0)
  generations.jobSeen(job('a', { state: 'stopped' }), 1_000)
  expect(generations.jobSeen(job('b'), 1_001)).toBe(workflow)
})

test('a job that stopped and runs again under its number counts on', () => {
  const generations = new Generations()
  generations.jobSeen(job('a'), 0)
  generations.jobSeen(job('a', { state: 'stopped' }), 1_000)
  generations.jobSeen(job('a'), 2_000)
  expect(generations.jobSeen(job('b'), 2_001)).toBeNull()
  expect(generations.isCurrent(workflow, 'a')).toBe(true)
})
