import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event, EventDescriptor, NamedDocument, RunStart, RunStop } from '@beamtime/event-model'
import { afterAll } from 'vitest'
import {
  Msg,
  RunEngine,
  createSimulatedDevices,
  toPlan,
  triggerAndRead,
  type Plan,
  type PlanLike,
  type RunEngineOptions,
  type SimulatedHardware,
} from '../src/index.ts'

/** For the images that simulated detectors write; gone with the tests of a file. */
const savePath = mkdtempSync(join(tmpdir(), 'beamtime-sim-'))
afterAll(() => rmSync(savePath, { recursive: true }))

/** An engine whose documents, messages, states and reports are kept. */
export interface Recording {
  readonly RE: RunEngine
  readonly hw: SimulatedHardware
  readonly documents: (readonly [name: string, doc: NamedDocument[1]])[]
  readonly messages: string[]
  readonly states: string[]
  readonly reports: (readonly [event: string, error: unknown])[]
  readonly notices: string[]
  starts(): RunStart[]
  stops(): RunStop[]
  descriptors(): EventDescriptor[]
  events(stream?: string): Event[]
}

export function recordingEngine(options: RunEngineOptions = {}): Recording {
  const recording: Omit<Recording, 'RE' | 'starts' | 'stops' | 'descriptors' | 'events'> = {
    hw: createSimulatedDevices({ savePath }),
    documents: [],
    messages: [],
    states: [],
    reports: [],
    notices: [],
  }
  const RE = new RunEngine({
    ...options,
    hooks: {
      msgHook: (msg) => recording.messages.push(textOf(msg)),
      stateHook: (now) => recording.states.push(now),
      errorHook: (event, error) => recording.reports.push([event, error]),
      noticeHook: (line) => recording.notices.push(line),
      ...options.hooks,
    },
  })
  RE.subscribe((name, doc) => {
    recording.documents.push([name, doc])
  })
  const named = <T>(wanted: string): T[] =>
    recording.documents.filter(([name]) => name === wanted).map(([, doc]) => doc as T)
  return {
    ...recording,
    RE,
    starts: () => named<RunStart>('start'),
    stops: () => named<RunStop>('stop'),
    descriptors: () => named<EventDescriptor>('descriptor'),
    events(stream = 'primary') {
      const uids = new Set(
        named<EventDescriptor>('descriptor')
          .filter((descriptor) => descriptor.name === stream)
          .map((descriptor) => descriptor.uid),
      )
      return named<Event>('event').filter((event) => uids.has(event.descriptor))
    },
  }
}

function textOf(msg: Msg): string {
  const name: unknown = msg.obj === null ? '' : Reflect.get(Object(msg.obj), 'name')
  return `${msg.command} ${String(name)}`.trim()
}

/** The messages of a plan, each answered by `answer`, without an engine. */
export function messagesOf(plan: PlanLike, answer: (msg: Msg) => unknown = () => undefined): string[] {
  const generator = toPlan(plan)
  const messages: string[] = []
  for (let step = generator.next(undefined); step.done !== true;) {
    messages.push(textOf(step.value))
    step = generator.next(answer(step.value))
  }
  return messages
}

/** Three points of a motor; `between` comes after the second. */
export function* threePoints(hw: SimulatedHardware, between: (() => Plan) | null = null): Plan<void> {
  for (let i = 0; i < 3; i++) {
    yield Msg('checkpoint')
    yield Msg('set', hw.motor, { args: [i], kwargs: { group: 'g' } })
    yield Msg('wait', null, { kwargs: { group: 'g' } })
    yield* triggerAndRead([hw.det, hw.motor])
    if (i === 1 && between !== null) yield* between()
  }
}

/** Waits until a condition holds; fails after 2 s. */
export async function until(condition: () => boolean): Promise<void> {
  const started = performance.now()
  while (!condition()) {
    if (performance.now() - started > 2000) throw new Error('the condition did not become true in time')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The rejection of a promise. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('the promise was not rejected with an error')
}
