// Plans of the soak: each execution leaves lines in a file, so that what ran is known without asking the manager.

import { appendFileSync } from 'node:fs'
import { annotatePlan, checkpoint, closeRun, openRun, sleep, type Plan } from '@beamtime/run-engine'

const key = {
  name: 'key',
  kind: 'POSITIONAL_OR_KEYWORD',
  annotation: { type: 'str' },
} as const

const seconds = {
  name: 'seconds',
  kind: 'POSITIONAL_OR_KEYWORD',
  annotation: { type: 'float' },
  default: 0,
} as const

function leaveMark(what: string, name: string): void {
  appendFileSync(process.env['SOAK_MARKS'] ?? '/dev/null', `${what} ${name}\n`)
}

const failedOnce = new Set<string>()

export const mark = annotatePlan(
  function* (name: string, duration = 0): Plan {
    leaveMark('begin', name)
    if (duration > 0) {
      yield* sleep(duration / 2)
      yield* checkpoint()
      yield* sleep(duration / 2)
    }
    leaveMark('end', name)
    return name
  },
  { name: 'mark', parameters: [key, seconds] },
)

export const mark_run = annotatePlan(
  function* (name: string): Plan {
    leaveMark('begin', name)
    yield* openRun()
    yield* checkpoint()
    yield* closeRun()
    leaveMark('end', name)
    return name
  },
  { name: 'mark_run', parameters: [key] },
)

/** Fails the first time that it runs in an environment. */
export const mark_and_fail = annotatePlan(
  function* (name: string): Plan {
    leaveMark('begin', name)
    yield* sleep(0.01)
    if (failedOnce.has(name)) return leaveMark('end', name)
    failedOnce.add(name)
    throw new Error('as ordered')
  },
  { name: 'mark_and_fail', parameters: [key] },
)

export function answer(value: number): number {
  return value + 1
}
