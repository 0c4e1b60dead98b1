import { expect, test } from 'vitest'
import {
  Msg,
  Signal,
  configureCountTimeWrapper,
  contingencyWrapper,
  count,
  finalizeWrapper,
  lazilyStageWrapper,
  monitorDuringWrapper,
  relativeSetWrapper,
  resetPositionsWrapper,
  rewindableWrapper,
  runDecorator,
  runWrapper,
  setRunKeyWrapper,
  stageDecorator,
  triggerAndRead,
  type Plan,
} from '../../src/index.ts'
import { failureOf, messagesOf, recordingEngine } from '../recording.ts'

function* boom(): Plan<void> {
  yield Msg('null')
  throw new Error('boom')
}

test('the counting time is set at first contact and set back at the end', async () => {
  const r = recordingEngine()
  const { det_with_count_time: det } = r.hw
  await r.RE.run(configureCountTimeWrapper(count([det], 2), 0.5))
  expect(r.events().map((event) => event.data['det_count_time'])).toEqual([0.5, 0.5])
  expect(det.components['count_time']?.get()).toBe(0)
  expect(r.messages.filter((message) => message === 'set det_count_time')).toHaveLength(2)
  r.messages.length = 0
  await r.RE.run(configureCountTimeWrapper(count([det]), null))
  expect(r.messages).not.toContain('set det_count_time')
})

test('a final plan runs after success and after failure, once', async () => {
  const plans: readonly Plan[] = [boom(), count([])]
  for (const inner of plans) {
    const r = recordingEngine()
    await r.RE.run(finalizeWrapper(inner, Msg('checkpoint'))).catch(() => undefined)
    expect(r.messages.at(-1)).toBe('checkpoint')
  }
})

test('a failure can be looked at before the clean-up', async () => {
  const r = recordingEngine()
  const run = failureOf(r.RE.run(finalizeWrapper(boom(), Msg('checkpoint'), { pauseForDebug: true })))
  expect(await run).toMatchObject({ code: 'RUN_INTERRUPTED' })
  expect(r.RE.state).toBe('paused')
  expect(r.messages).not.toContain('checkpoint')
  expect((await failureOf(r.RE.resume())).message).toBe('boom')
  expect(r.messages.at(-1)).toBe('checkpoint')
})

test('a contingency gives its own value in place of the error if told to', async () => {
  const r = recordingEngine()
  const exceptPlan = function* (error: Error): Plan<string> {
    yield Msg('null')
    return `handled ${error.message}`
  }
  const plan = contingencyWrapper(boom() as Plan<string | void>, { exceptPlan, autoRaise: false })
  await r.RE.run(plan)
  expect(r.RE.lastResult?.plan_result).toBe('handled boom')
})

test('relative sets start from the setpoint where a device can be located', async () => {
  const r = recordingEngine()
  const seen: unknown[] = []
  const device = {
    name: 'x',
    locate: () => ({ setpoint: 10, readback: 9.9 }),
    set(value: unknown) {
      seen.push(value)
      return r.hw.sig.set(0)
    },
  }
  const sets = function* (): Plan<void> {
    yield Msg('set', device, { args: [1] })
    yield Msg('set', device, { args: [2] })
  }
  await r.RE.run(resetPositionsWrapper(relativeSetWrapper(sets())))
  expect(seen).toEqual([11, 12, 10])
})

test('only the named devices are relative', async () => {
  const r = recordingEngine()
  const { motor1, motor2 } = r.hw
  motor1.components['setpoint']?.put(5)
  const sets = function* (): Plan<void> {
    yield Msg('set', motor1, { args: [1] })
    yield Msg('set', motor2, { args: [1] })
  }
  await r.RE.run(relativeSetWrapper(sets(), [motor2]))
  expect([motor1.position, motor2.position]).toEqual([1, 1])
})

test('a device that must not be measured twice is not repeated after a pause', async () => {
  const r = recordingEngine()
  Object.assign(r.hw.det, { rewindable: { get: () => false } })
  const plan = function* (): Plan<void> {
    yield Msg('checkpoint')
    yield* triggerAndRead([r.hw.det])
    yield Msg('pause')
  }
  await failureOf(r.RE.run(runWrapper(plan())))
  r.messages.length = 0
  await r.RE.resume()
  expect(r.messages).toEqual(['close_run'])
  expect(r.events()).toHaveLength(1)
})

test('the rewindable flag is set back, also after a failure', async () => {
  const r = recordingEngine()
  await failureOf(r.RE.run(rewindableWrapper(boom(), false)))
  expect(r.RE.rewindable).toBe(true)
})

test('inserted plans carry the key of the run that they belong to', async () => {
  const r = recordingEngine()
  const signal = new Signal('pressure', { value: 1 })
  const keyed = setRunKeyWrapper(runWrapper(triggerAndRead([r.hw.det])), 'mine')
  await r.RE.run(monitorDuringWrapper(keyed, [signal]))
  expect(r.stops()[0]?.num_events).toEqual({ pressure_monitor: 0, primary: 1 })
})

test('a run key may not be null', () => {
  expect(() => setRunKeyWrapper(boom(), null)).toThrow('may not be null')
})

test('devices are staged when they are first needed, and unstaged in reverse order', () => {
  const r = recordingEngine()
  const { det, motor } = r.hw
  const answer = (msg: Msg): unknown => (msg.command === 'stage' ? [msg.obj] : undefined)
  expect(messagesOf(lazilyStageWrapper(triggerAndRead([det, motor])), answer)).toEqual([
    'stage det',
    'trigger det',
    'stage motor',
    'trigger motor',
    'wait',
    'create',
    'read det',
    'read motor',
    'save',
    'unstage motor',
    'unstage det',
  ])
})

test('decorators keep the arguments of the plan', async () => {
  const r = recordingEngine()
  const measure = function* (times: number): Plan<void> {
    for (let i = 0; i < times; i++) yield* triggerAndRead([r.hw.det])
  }
  const decorated = stageDecorator([r.hw.det])(runDecorator({ md: { note: 'x' } })(measure))
  await r.RE.run(decorated(3))
  expect(r.events()).toHaveLength(3)
  expect(r.starts()[0]).toMatchObject({ note: 'x' })
  expect([r.messages[0], r.messages.at(-1)]).toEqual(['stage det', 'unstage det'])
})
