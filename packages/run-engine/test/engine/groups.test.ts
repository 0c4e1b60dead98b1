import { expect, test } from 'vitest'
import {
  Msg,
  Status,
  collectWhileCompleting,
  runWrapper,
  type Plan,
  type StatusLike,
} from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

function slowDevice(ms: number): { name: string; set(): Status } {
  return {
    name: 'slow',
    set() {
      const status = new Status()
      setTimeout(() => status.setFinished(), ms)
      return status
    },
  }
}

const set = (device: unknown, group: unknown): Msg => Msg('set', device, { args: [1], kwargs: { group } })
const wait = (group: unknown, more: Record<string, unknown> = {}): Msg =>
  Msg('wait', null, { kwargs: { group, ...more } })

async function resultOf(messages: readonly Msg[], r = recordingEngine()): Promise<unknown> {
  let last: unknown
  const plan = function* (): Plan<void> {
    for (const message of messages) last = yield message
  }
  await r.RE.run(plan())
  return last
}

test('an unknown or empty group is done at once', async () => {
  expect(await resultOf([wait('nobody')])).toBe(true)
})

test('null is a group like any other', async () => {
  const r = recordingEngine()
  const started = performance.now()
  expect(await resultOf([set(slowDevice(30), null), wait(null)], r)).toBe(true)
  expect(performance.now() - started).toBeGreaterThan(25)
})

test('a wait that takes too long fails and says for what', async () => {
  const r = recordingEngine()
  const failure = await failureOf(r.RE.run([set(slowDevice(200), 'g'), wait('g', { timeout: 0.01 })]))
  expect(failure).toMatchObject({ code: 'RUN_WAIT_TIMEOUT', text: 'waiting for g took longer than 0.01 s' })
})

test('a wait without error on timeout returns false and can be repeated', async () => {
  const soft = { timeout: 0.01, error_on_timeout: false }
  expect(await resultOf([set(slowDevice(60), 'g'), wait('g', soft)])).toBe(false)
  expect(await resultOf([set(slowDevice(60), 'g'), wait('g', soft), wait('g')])).toBe(true)
})

test('the failure of a watched group ends a wait early', async () => {
  const r = recordingEngine()
  const bad = {
    name: 'bad',
    set() {
      const status = new Status({ name: 'bad' })
      setTimeout(() => status.setException(new Error('broken')), 10)
      return status
    },
  }
  const started = performance.now()
  await failureOf(r.RE.run([set(slowDevice(500), 'g'), set(bad, 'w'), wait('g', { watch: ['w'] })]))
  expect(performance.now() - started).toBeLessThan(300)
})

test('the waiting hook hears the statuses and then null, once per group', async () => {
  const heard: (number | null)[] = []
  const hook = (statuses: ReadonlySet<StatusLike> | null): void => {
    heard.push(statuses === null ? null : statuses.size)
  }
  const r = recordingEngine({ hooks: { waitingHook: hook } })
  const soft = { timeout: 0.01, error_on_timeout: false }
  await r.RE.run([
    set(slowDevice(40), 'g'),
    set(slowDevice(40), 'g'),
    wait('g', soft),
    wait('g', soft),
    wait('g'),
  ])
  expect(heard).toEqual([2, 2, null])
})

test('statuses that nobody waits for leave no trace', async () => {
  const r = recordingEngine()
  const plan = function* (): Plan<void> {
    for (let i = 0; i < 1000; i++) yield Msg('set', r.hw.sig, { args: [i] })
  }
  await r.RE.run(plan())
  expect(r.hw.sig.get()).toBe(999)
})

test('flyers are collected again and again until they are done', async () => {
  const r = recordingEngine()
  const flyer = {
    name: 'flyer',
    kickoff: () => new Status(),
    complete() {
      const status = new Status()
      setTimeout(() => status.setFinished(), 60)
      return status
    },
  }
  const { trivial_flyer: detector } = r.hw
  await r.RE.run(runWrapper(collectWhileCompleting([flyer], [detector], { flushPeriod: 0.02 })))
  const collects = r.messages.filter((message) => message.startsWith('collect'))
  expect(collects.length).toBeGreaterThanOrEqual(2)
  expect(r.messages.at(-2)).toBe('collect trivial_flyer')
})
