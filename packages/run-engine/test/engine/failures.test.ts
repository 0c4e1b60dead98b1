import { expect, test } from 'vitest'
import {
  Msg,
  RunEngineError,
  Status,
  absSet,
  count,
  runEngineErrorCodes,
  runWrapper,
  sleep,
  stageWrapper,
  type Plan,
} from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

function failingDevice(delayMs: number): { name: string; set(): Status } {
  return {
    name: 'bad',
    set() {
      const status = new Status({ name: 'bad' })
      setTimeout(() => status.setException(new Error('broken')), delayMs)
      return status
    },
  }
}

test('the error of a plan rejects run and closes the run as failed', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield Msg('null')
    throw new Error('boom')
  }
  expect((await failureOf(r.RE.run(runWrapper(plan())))).message).toBe('boom')
  expect(r.stops()[0]).toMatchObject({ exit_status: 'fail', reason: 'boom' })
})

test('a run that a bare plan leaves open at an error is closed by the engine', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield Msg('open_run')
    throw new Error('boom')
  }
  await failureOf(r.RE.run(plan()))
  expect(r.stops()[0]).toMatchObject({ exit_status: 'fail', reason: 'boom' })
})

test('an unknown command is thrown into the plan, its name in quotes', async () => {
  const r = recordingEngine()
  expect(await failureOf(r.RE.run(runWrapper(nonsense())))).toMatchObject({
    code: 'RUN_INVALID_COMMAND',
    text: "'nonsense'",
  })
  expect(r.stops()[0]?.reason).toBe("'nonsense'")
})

function* nonsense(): Plan<void> {
  yield Msg('nonsense')
}

test('a plan may handle an error and go on', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<string> {
    try {
      yield* nonsense()
    } catch {
      yield Msg('null')
    }
    return 'fine'
  }
  await r.RE.run(plan())
  expect(r.RE.lastResult?.plan_result).toBe('fine')
})

test('a failed status is thrown into the plan although nobody waits for it', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield* absSet(failingDevice(5), 1)
    for (let i = 0; i < 100; i++) yield Msg('sleep', null, { args: [0.002] })
  }
  const failure = await failureOf(r.RE.run(runWrapper(plan())))
  expect(failure).toMatchObject({ code: 'RUN_FAILED_STATUS', text: 'Status of bad failed: broken' })
  expect(failure.cause).toMatchObject({ message: 'broken' })
  expect(r.stops()[0]).toMatchObject({ exit_status: 'fail', reason: 'Status of bad failed: broken' })
})

test('a wait ends as soon as one status of the group fails', async () => {
  const r = recordingEngine()
  const slow = { name: 'slow', set: () => new Status() }
  const plan = [
    Msg('set', slow, { args: [1], kwargs: { group: 'g' } }),
    Msg('set', failingDevice(5), { args: [1], kwargs: { group: 'g' } }),
    Msg('wait', null, { kwargs: { group: 'g' } }),
  ]
  expect(await failureOf(r.RE.run(plan))).toMatchObject({ code: 'RUN_FAILED_STATUS' })
})

test('a failure after the plan has ended is ignored', async () => {
  const r = recordingEngine()
  await r.RE.run(absSet(failingDevice(5), 1))
  await r.RE.run(sleep(0.02))
  expect(r.RE.lastResult?.exit_status).toBe('success')
})

test('the error of a device is thrown at its message', async () => {
  const r = recordingEngine()
  Object.assign(r.hw.det, {
    read: () => {
      throw new Error('no answer')
    },
  })
  await failureOf(r.RE.run(count([r.hw.det])))
  expect(r.stops()[0]).toMatchObject({ exit_status: 'fail', reason: 'no answer' })
  expect(r.messages.slice(-3)).toEqual(['drop', 'close_run', 'unstage det'])
})

test('a device that returns no reading, or no status, is named', async () => {
  const r = recordingEngine()
  const mute = { name: 'mute', read: () => undefined, describe: () => ({}), set: async () => undefined }
  expect((await failureOf(r.RE.run([Msg('read', mute)]))).message).toContain(
    'the read of mute returned nothing',
  )
  expect((await failureOf(r.RE.run([Msg('set', mute, { args: [1] })]))).message).toContain(
    "'set' of mute did not return a status",
  )
  expect((await failureOf(r.RE.run([Msg('trigger', mute)]))).message).toContain('mute is not triggerable')
})

test('devices left staged are unstaged and moved ones stopped, however the plan ends', async () => {
  const r = recordingEngine()
  const heard: string[] = []
  Object.assign(r.hw.motor, {
    unstage: () => {
      heard.push('unstage')
      return []
    },
    stop: () => {
      heard.push('stop')
      throw new Error('will not stop')
    },
  })
  const plan = function* (): Plan<void> {
    yield Msg('stage', r.hw.motor)
    yield Msg('set', r.hw.motor, { args: [1] })
    throw new Error('boom')
  }
  await failureOf(r.RE.run(plan()))
  expect(heard).toEqual(['stop', 'unstage'])
  expect(r.reports.map(([event]) => event)).toEqual(['device.stop-failed'])
})

test('unstaging is tried also for a device whose staging failed', async () => {
  const r = recordingEngine()
  const heard: string[] = []
  const device = {
    name: 'device',
    read: () => ({}),
    describe: () => ({}),
    stage: () => {
      throw new Error('cannot stage')
    },
    unstage: () => {
      heard.push('unstage')
      return []
    },
  }
  const failure = await failureOf(r.RE.run(stageWrapper(sleep(0), [device])))
  expect(failure.message).toBe('cannot stage')
  expect(heard).toEqual(['unstage'])
})

test('an error of a subscriber is reported; that of a critical one fails the run after all have heard', async () => {
  const r = recordingEngine()
  const late: string[] = []
  r.RE.subscribe(() => {
    throw new Error('display')
  })
  await r.RE.run(count([r.hw.det]))
  expect(r.reports[0]?.[0]).toBe('subscriber.failed')
  r.RE.subscribe(
    () => {
      throw new Error('disk full')
    },
    'event',
    { critical: true },
  )
  r.RE.subscribe((name) => late.push(name))
  expect((await failureOf(r.RE.run(count([r.hw.det])))).message).toBe('disk full')
  expect(late).toEqual(['start', 'descriptor', 'event', 'stop'])
  expect(r.stops().at(-1)).toMatchObject({ exit_status: 'fail', reason: 'disk full' })
})

test('anything thrown that is not an error becomes one', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield Msg('null')
    // eslint-disable-next-line typescript/only-throw-error -- user code may do this
    throw 'a text'
  }
  expect(await failureOf(r.RE.run(plan()))).toMatchObject({ code: 'RUN_FOREIGN_ERROR', text: 'a text' })
})

test('every error says who is at fault and what to do', () => {
  expect(new Set(runEngineErrorCodes).size).toBe(runEngineErrorCodes.length)
  const error = new RunEngineError({ code: 'DEVICE_FAULT', text: 'x', fault: 'environment', remedy: 'y' })
  expect(error).toMatchObject({ message: 'DEVICE_FAULT: x', canRetry: false })
})
