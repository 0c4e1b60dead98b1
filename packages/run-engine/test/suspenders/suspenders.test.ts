import { expect, test } from 'vitest'
import {
  Msg,
  RunEngineError,
  Signal,
  runWrapper,
  suspendBoolHigh,
  suspendBoolLow,
  suspendCeil,
  suspendFloor,
  suspendOutBand,
  suspendWhenChanged,
  suspendWhenOutsideBand,
  suspendWrapper,
  triggerAndRead,
  type Plan,
  type SimulatedHardware,
  type Suspender,
} from '../../src/index.ts'
import { failureOf, recordingEngine, until } from '../recording.ts'

function* twoPoints(hw: SimulatedHardware, sleepS: number): Plan<void> {
  for (let i = 0; i < 2; i++) {
    yield Msg('checkpoint')
    yield Msg('set', hw.motor, { args: [i], kwargs: { group: 'g' } })
    yield Msg('wait', null, { kwargs: { group: 'g' } })
    yield Msg('sleep', null, { args: [sleepS] })
    yield* triggerAndRead([hw.det])
  }
}

test('a trip in the middle of a step repeats the step after recovery, with both plans around the wait', async () => {
  const r = recordingEngine({ recordInterruptions: true })
  const beam = new Signal('beam', { value: false })
  r.RE.installSuspender(
    suspendBoolHigh(beam, {
      prePlan: [Msg('null')],
      postPlan: () => [Msg('null')],
      trippedMessage: 'beam is gone',
    }),
  )
  const run = r.RE.run(runWrapper(twoPoints(r.hw, 0.03)))
  await until(() => r.messages.includes('sleep'))
  beam.put(true)
  await until(() => r.messages.includes('wait_for'))
  expect(r.RE.state).toBe('running')
  beam.put(false)
  await run
  expect(r.messages.slice(4, 15)).toEqual([
    'sleep',
    '_start_suspender',
    'rewindable',
    'null',
    'wait_for',
    '_resume_from_suspender',
    'null',
    'rewindable',
    'set motor',
    'wait',
    'sleep',
  ])
  expect(r.states).toEqual(['running', 'suspending', 'running', 'idle'])
  expect(r.events('interruptions').map((event) => event.data['interruption'])).toEqual([
    'Signal beam is high: beam is gone',
  ])
  expect(r.events().map((event) => event.seq_num)).toEqual([1, 2])
})

test('a plan started while a suspender is tripped waits for its release', async () => {
  const r = recordingEngine()
  const shutter = new Signal('shutter', { value: false })
  r.RE.installSuspender(suspendBoolLow(shutter))
  const run = r.RE.run([Msg('null')])
  await until(() => r.messages.includes('wait_for'))
  expect(r.messages).not.toContain('null')
  expect(r.notices).toEqual(['Waiting: Signal shutter is low'])
  shutter.put(true)
  await run
  expect(r.messages).toEqual(['wait_for', 'null'])
})

test('recovery counts only if it lasts for the sleep', async () => {
  const r = recordingEngine()
  const flow = new Signal('flow', { value: 5 })
  const suspender = suspendFloor(flow, { suspendThreshold: 2, sleepS: 0.03 })
  r.RE.installSuspender(suspender)
  flow.put(1)
  flow.put(3)
  flow.put(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(suspender.isTripped()).toBe(true)
  flow.put(3)
  await suspender.released()
  expect(suspender.isTripped()).toBe(false)
})

test('a suspension where nothing can be repeated aborts the plan', async () => {
  const r = recordingEngine()
  const beam = new Signal('beam', { value: false })
  r.RE.installSuspender(suspendBoolHigh(beam))
  const run = failureOf(r.RE.run([Msg('clear_checkpoint'), Msg('sleep', null, { args: [10] })]))
  await until(() => r.messages.includes('sleep'))
  beam.put(true)
  expect(await run).toMatchObject({ code: 'RUN_INTERRUPTED' })
  expect(r.states).toEqual(['running', 'suspending', 'aborting', 'idle'])
})

test('a suspended plan can be aborted', async () => {
  const r = recordingEngine()
  const beam = new Signal('beam', { value: false })
  r.RE.installSuspender(suspendBoolHigh(beam))
  const run = failureOf(r.RE.run(runWrapper(twoPoints(r.hw, 0.5))))
  await until(() => r.messages.includes('sleep'))
  beam.put(true)
  await until(() => r.messages.includes('wait_for'))
  await r.RE.abort('no more beam')
  expect(await run).toMatchObject({ code: 'RUN_INTERRUPTED' })
  expect(r.stops()[0]).toMatchObject({ exit_status: 'abort', reason: 'no more beam' })
})

test('removing a suspender lets a waiting plan go on', async () => {
  const r = recordingEngine()
  const beam = new Signal('beam', { value: true })
  const suspender = suspendBoolHigh(beam)
  r.RE.installSuspender(suspender)
  const run = r.RE.run([Msg('null')])
  r.RE.removeSuspender(suspender)
  await run
  expect(r.RE.suspenders).toEqual([])
})

test('a wrapper installs a suspender for the time of a plan', async () => {
  const r = recordingEngine()
  const inner = function* (): Plan<number> {
    yield Msg('null')
    return r.RE.suspenders.length
  }
  await r.RE.run(suspendWrapper(inner(), suspendBoolHigh(new Signal('x', { value: 0 }))))
  expect(r.RE.lastResult?.plan_result).toBe(1)
  expect(r.RE.suspenders).toHaveLength(0)
})

test('each kind of suspender trips, releases and explains itself', async () => {
  const cases: readonly (readonly [
    make: (s: Signal) => Suspender,
    bad: unknown,
    good: unknown,
    text: string,
  ])[] = [
    [(s) => suspendBoolHigh(s), 1, 0, 'Signal x is high'],
    [(s) => suspendBoolLow(s), 0, 1, 'Signal x is low'],
    [(s) => suspendFloor(s, { suspendThreshold: 2, resumeThreshold: 3 }), 1, 3, 'Signal x = 1 fell below 2'],
    [(s) => suspendCeil(s, { suspendThreshold: 5, resumeThreshold: 4 }), 6, 4, 'Signal x = 6 went above 5'],
    [
      (s) => suspendWhenOutsideBand(s, { bandBottom: 1, bandTop: 2 }),
      2,
      1.5,
      'Signal x = 2 is outside of the range (1, 2)',
    ],
    [
      (s) => suspendOutBand(s, { bandBottom: 1, bandTop: 2 }),
      1.5,
      2,
      'Signal x = 1.5 is inside of the range (1, 2)',
    ],
    [
      (s) => suspendWhenChanged(s, { expectedValue: 7, allowResume: true }),
      8,
      7,
      'Signal x, got "8", expected "7"',
    ],
  ]
  for (const [make, bad, good, text] of cases) {
    const signal = new Signal('x', { value: good })
    const suspender = make(signal)
    suspender.install(() => undefined)
    expect(suspender.isTripped()).toBe(false)
    signal.put(bad)
    expect(suspender.isTripped()).toBe(true)
    expect(suspender.justification()).toContain(text)
    signal.put(good)
    await suspender.released()
    expect(suspender.isTripped()).toBe(false)
  }
})

test('a value between the thresholds neither trips nor releases', () => {
  const signal = new Signal('x', { value: 10 })
  const suspender = suspendFloor(signal, { suspendThreshold: 2, resumeThreshold: 5 })
  suspender.install(() => undefined)
  signal.put(3)
  expect(suspender.isTripped()).toBe(false)
  signal.put(1)
  signal.put(3)
  expect(suspender.isTripped()).toBe(true)
  suspender.remove()
})

test('thresholds that make no sense are refused', () => {
  const signal = new Signal('x')
  for (const make of [
    () => suspendFloor(signal, { suspendThreshold: 2, resumeThreshold: 1 }),
    () => suspendCeil(signal, { suspendThreshold: 2, resumeThreshold: 3 }),
    () => suspendWhenOutsideBand(signal, { bandBottom: 2, bandTop: 2 }),
  ]) {
    expect(make).toThrow(RunEngineError)
  }
})
