import { expect, test } from 'vitest'
import {
  Msg,
  clearCheckpoint,
  deferredPause,
  pause,
  runWrapper,
  scan,
  sleep,
  type Plan,
} from '../../src/index.ts'
import { failureOf, recordingEngine, threePoints, until } from '../recording.ts'

test('a plan takes the engine from idle to running and back', async () => {
  const r = recordingEngine()
  expect(r.RE.state).toBe('idle')
  const uids = await r.RE.run(scan([r.hw.det], r.hw.motor, -1, 1, 3))
  expect(r.states).toEqual(['running', 'idle'])
  expect(uids).toEqual([r.starts()[0]?.uid])
  expect(r.RE.lastResult).toMatchObject({
    exit_status: 'success',
    interrupted: false,
    reason: '',
    exception: null,
  })
})

test('a second plan is refused while one is running', async () => {
  const r = recordingEngine()
  const first = r.RE.run(sleep(0.05))
  expect(await failureOf(r.RE.run(sleep(0)))).toMatchObject({ code: 'RUN_TRANSITION' })
  await first
})

test('stop, abort, halt, resume and an immediate pause are refused when idle', async () => {
  const { RE } = recordingEngine()
  for (const attempt of [RE.stop(), RE.abort(), RE.halt(), RE.resume()]) {
    expect(await failureOf(attempt)).toMatchObject({ code: 'RUN_TRANSITION' })
  }
  expect(() => RE.requestPause()).toThrow('RUN_TRANSITION')
})

test('a pause rejects run, and resume takes the second point again', async () => {
  const r = recordingEngine()
  expect(await failureOf(r.RE.run(runWrapper(threePoints(r.hw, pause))))).toMatchObject({
    code: 'RUN_INTERRUPTED',
  })
  expect(r.RE.state).toBe('paused')
  await r.RE.resume()
  expect(r.events().map((event) => event.seq_num)).toEqual([1, 2, 2, 3])
  expect(r.stops()[0]).toMatchObject({ exit_status: 'success', num_events: { primary: 3 } })
  expect(r.states).toEqual(['running', 'pausing', 'paused', 'running', 'idle'])
})

test('a paused plan can be stopped: the run is a success and its clean-up runs', async () => {
  const r = recordingEngine()
  await failureOf(r.RE.run(runWrapper(threePoints(r.hw, pause))))
  const uids = await r.RE.stop()
  expect(uids).toHaveLength(1)
  expect(r.stops()[0]).toMatchObject({ exit_status: 'success', reason: '', num_events: { primary: 2 } })
  expect(r.messages.at(-1)).toBe('close_run')
  expect(r.RE.state).toBe('idle')
})

test('an abort closes the run as aborted and passes its reason on', async () => {
  const r = recordingEngine()
  const run = failureOf(r.RE.run(runWrapper(sleep(10))))
  await until(() => r.messages.includes('sleep'))
  await r.RE.abort('beam dump')
  expect(await run).toMatchObject({ code: 'RUN_INTERRUPTED' })
  expect(r.stops()[0]).toMatchObject({ exit_status: 'abort', reason: 'beam dump' })
  expect(r.RE.lastResult).toMatchObject({ exit_status: 'abort', reason: 'beam dump', interrupted: true })
})

test('a halt runs no clean-up of the plan, but the run is closed', async () => {
  const r = recordingEngine()
  const run = failureOf(r.RE.run(runWrapper(sleep(10))))
  await until(() => r.messages.includes('sleep'))
  await r.RE.halt()
  await run
  expect(r.messages).not.toContain('close_run')
  expect(r.stops()[0]).toMatchObject({ exit_status: 'abort', reason: '' })
})

test('a message that a halted plan yields from finally is dropped and told', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    try {
      yield Msg('sleep', null, { args: [10] })
    } finally {
      yield Msg('null')
    }
  }
  const run = failureOf(r.RE.run(plan()))
  await until(() => r.messages.includes('sleep'))
  await r.RE.halt()
  await run
  expect(r.messages).not.toContain('null')
  expect(r.notices.join()).toContain("yielded 'null' while it was halted")
})

test('a deferred pause waits for the next checkpoint', async () => {
  const r = recordingEngine()
  await failureOf(r.RE.run(runWrapper(threePoints(r.hw, deferredPause))))
  expect(r.RE.state).toBe('paused')
  expect(r.messages.at(-1)).toBe('checkpoint')
  await r.RE.resume()
  expect(r.events().map((event) => event.seq_num)).toEqual([1, 2, 3])
})

test('a deferred pause of a plan without a further checkpoint is forgotten at the next run', async () => {
  const { RE } = recordingEngine()
  await RE.run(deferredPause())
  expect(RE.deferredPauseRequested).toBe(true)
  await RE.run([Msg('checkpoint')])
  expect(RE.deferredPauseRequested).toBe(false)
})

test('a pause after clear_checkpoint aborts, even behind a new checkpoint', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield* clearCheckpoint()
    yield Msg('checkpoint')
    yield* pause()
  }
  expect(await failureOf(r.RE.run(plan()))).toMatchObject({ code: 'RUN_INTERRUPTED' })
  expect(r.states).toEqual(['running', 'pausing', 'aborting', 'idle'])
})

test('a pause is honoured within milliseconds in a plan that never waits', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    yield Msg('checkpoint')
    for (;;) yield Msg('null')
  }
  const run = failureOf(r.RE.run(plan()))
  let askedMs = 0
  setTimeout(() => {
    askedMs = performance.now()
    r.RE.requestPause()
  }, 20)
  await run
  expect(performance.now() - askedMs).toBeLessThan(50)
  r.RE.hooks.msgHook = null
  await r.RE.abort()
})

test('a pause stops what was moved and rests the devices; a resume wakes them', async () => {
  const r = recordingEngine()
  const heard: string[] = []
  const motor = Object.assign(r.hw.motor, {
    stop: () => void heard.push('stop'),
    pause: () => void heard.push('pause'),
    resume: () => void heard.push('resume'),
  })
  await failureOf(r.RE.run([Msg('set', motor, { args: [1] }), Msg('pause')]))
  expect(heard).toEqual(['stop', 'pause'])
  await r.RE.resume()
  expect(heard).toEqual(['stop', 'pause', 'resume', 'stop'])
})

test('a device that fails to rest fails the plan, and the engine stays usable', async () => {
  const r = recordingEngine()
  Object.assign(r.hw.motor, {
    pause: () => {
      throw new Error('cannot rest')
    },
  })
  const failure = await failureOf(r.RE.run([Msg('set', r.hw.motor, { args: [1] }), Msg('pause')]))
  expect(failure.message).toBe('cannot rest')
  expect(r.RE.state).toBe('idle')
  await r.RE.run(sleep(0))
})

test('a device that allows no replay empties the rewind cache', async () => {
  const { noReplayAllowed } = await import('../../src/index.ts')
  const r = recordingEngine()
  Object.assign(r.hw.motor, {
    pause: () => {
      throw noReplayAllowed('fast shutter')
    },
  })
  await failureOf(r.RE.run([Msg('set', r.hw.motor, { args: [1] }), Msg('pause'), Msg('null')]))
  r.messages.length = 0
  await r.RE.resume()
  expect(r.messages).toEqual(['null'])
})

test('an interrupted command is repeated, and the plan sees undefined for it', async () => {
  const r = recordingEngine()
  let seen: unknown = 'nothing yet'
  const plan = function* (): Plan<void> {
    yield Msg('checkpoint')
    seen = yield Msg('wait_for', null, { args: [[() => new Promise((resolve) => setTimeout(resolve, 30))]] })
  }
  const run = failureOf(r.RE.run(plan()))
  await until(() => r.messages.includes('wait_for'))
  r.RE.requestPause()
  await run
  await r.RE.resume()
  expect(r.messages).toEqual(['checkpoint', 'wait_for', 'wait_for'])
  expect(seen).toBeUndefined()
})

test('a wait that was given up does not disturb the next one', async () => {
  const r = recordingEngine()
  const plan = [
    Msg('checkpoint'),
    Msg('wait_for', null, { args: [[() => new Promise((go) => setTimeout(go, 20))]] }),
  ]
  const run = failureOf(r.RE.run([...plan, Msg('sleep', null, { args: [10] })]))
  await until(() => r.messages.includes('wait_for'))
  r.RE.requestPause()
  await run
  const resumed = failureOf(r.RE.resume())
  await until(() => r.messages.includes('sleep'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  await r.RE.abort()
  expect(await resumed).toMatchObject({ code: 'RUN_INTERRUPTED' })
})

test('hooks that throw disturb nothing', async () => {
  const r = recordingEngine()
  r.RE.hooks.msgHook = () => {
    throw new Error('hook')
  }
  await r.RE.run([Msg('null'), Msg('null')])
  expect(r.reports.map(([event]) => event)).toEqual(['hook.failed', 'hook.failed'])
})

test('reset halts what runs and drops subscriptions', async () => {
  const r = recordingEngine()
  const run = failureOf(r.RE.run(runWrapper(sleep(10))))
  await until(() => r.messages.includes('sleep'))
  await r.RE.reset()
  await run
  const before = r.documents.length
  await r.RE.run(runWrapper(sleep(0)))
  expect(r.documents).toHaveLength(before)
})
