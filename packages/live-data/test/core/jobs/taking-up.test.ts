import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LiveDataCore, type CoreAction } from '../../../src/core/live-data-core.ts'
import { serviceStreams } from '../../../src/core/service-streams.ts'
import { streamOwners } from '../../../src/core/stream-owner.ts'
import { streamTable } from '../../../src/core/stream-table.ts'
import { instrumentNamed } from '../../../src/instruments/registry.ts'
import { noGeometry } from '../../../src/service/geometry-files.ts'
import { workflowsOf } from '../../../src/workflows/catalog.ts'

const instrument = instrumentNamed('dummy')
const workflow = 'dummy/monitor_histogram/1'
/** monitor1 and monitor2 are with different ones of two processes. */
const [ownerOf1, ownerOf2] = ['monitor1', 'monitor2'].map(streamOwners(instrument, 2))

/** The topics that processes of a service share, and a clock. */
function topics() {
  let nowMs = 1_700_000_000_000
  let workers = 0
  let ids = 0
  const status: { value: Uint8Array; atMs: number }[] = []
  const commands: { key: null; value: Uint8Array; timestampMs: number }[] = []
  const answers: string[] = []
  const notResumed: string[] = []
  const running = new Set<ReturnType<typeof open>>()

  function open(shard: { index: number; count: number }) {
    const workflows = workflowsOf(instrument, noGeometry)
    const table = streamTable(instrument, { dev: true })
    const core = new LiveDataCore({
      instrument,
      service: 'monitor_data',
      workflows,
      table,
      wants: serviceStreams('monitor_data', { instrument, table, workflows }).wants,
      reporter: { version: '0', host: 'host', pid: workers },
      workerId: `worker-${(workers += 1)}`,
      newId: () => `id-${(ids += 1)}`,
      startedAtMs: nowMs,
      shard,
    })
    let heard = 0
    const hear = (): void => {
      for (const each of status.slice(heard)) core.step({ kind: 'heartbeat', ...each })
      heard = status.length
    }
    const carryOut = (actions: readonly CoreAction[]): void => {
      for (const action of actions) {
        if (action.kind === 'status') status.push({ value: action.value, atMs: nowMs })
        if (action.kind === 'answer') answers.push(action.value)
        if (action.kind === 'not-resumed') notResumed.push(action.job)
      }
    }
    return { core, hear, carryOut }
  }

  return {
    answers: () => answers.map((text) => JSON.parse(text) as Record<string, unknown>),
    notResumed,
    status,
    forgetCommands: () => void commands.splice(0),
    /** Processes that start at once: all have said that they are there before one of them reads it. */
    start(
      shards: readonly { index: number; count: number }[],
      { startsDefaults = true }: { startsDefaults?: boolean } = {},
    ) {
      const begun = shards.map(open)
      for (const { core, carryOut } of begun) carryOut([core.announce()])
      for (const process of begun) {
        process.hear()
        const past = answers.map((text) => Buffer.from(text))
        process.carryOut(
          process.core.step({ kind: 'resume', commands, answers: past, startsDefaults, nowMs }),
        )
        running.add(process)
      }
      return begun
    },
    pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1_000
        for (const { core, carryOut } of running) carryOut(core.step({ kind: 'tick', nowMs }))
        for (const { hear } of running) hear()
      }
    },
    command(body: object) {
      const value = Buffer.from(JSON.stringify(body))
      commands.push({ key: null, value, timestampMs: nowMs })
      for (const { core, carryOut } of running)
        carryOut(core.step({ kind: 'command', record: { key: null, value }, nowMs }))
    },
    kill: (process: ReturnType<typeof open>) => running.delete(process),
    end(process: ReturnType<typeof open>) {
      process.carryOut(process.core.step({ kind: 'stop', error: null, nowMs }))
      running.delete(process)
    },
  }
}

type Running = ReturnType<ReturnType<typeof topics>['start']>[number]

const both = [
  { index: 0, count: 2 },
  { index: 1, count: 2 },
]
const alone = { index: 0, count: 1 }

function jobsOf({ core }: Running): readonly string[] {
  return core.all().map(({ start: { id, parameters } }) => {
    const bins = (parameters['toa_edges'] as { num_bins?: number } | undefined)?.num_bins
    return `${id.source_name} ${id.job_number} ${bins}`
  })
}

function startOf(source: string, more: object = {}) {
  return {
    kind: 'workflow_config',
    identifier: workflow,
    message_id: 'start',
    job_id: { source_name: source, job_number: 'theirs' },
    params: { toa_edges: { num_bins: 7 } },
    ...more,
  }
}

function pair() {
  const bus = topics()
  const processes = bus.start(both)
  const at = (index: number | undefined): Running => processes[index ?? 0] as Running
  bus.pass(12)
  return { bus, of1: at(ownerOf1), of2: at(ownerOf2), shard1: both[ownerOf1 ?? 0] }
}

test('the streams of the tests are with different processes', () => {
  expect(ownerOf1).not.toBe(ownerOf2)
})

test('processes that start at once begin the default workflows under one job number', () => {
  const { of1, of2 } = pair()
  const numbers = [of1, of2].flatMap(({ core }) => core.all().map(({ start }) => start.id.job_number))
  expect(numbers.length).toBe(instrument.monitors.length)
  expect(new Set(numbers).size).toBe(1)
  expect(numbers[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/)
})

test('a process that is killed takes up its jobs under the same number, and the others go on', () => {
  const { bus, of1, of2, shard1 } = pair()
  const before = jobsOf(of1)
  bus.kill(of1)
  bus.pass(5)
  const [again] = bus.start(shard1 === undefined ? [] : [shard1])
  expect(jobsOf(again as Running)).toEqual(before)
  expect(of2.core.all().every((job) => job.state() === 'active')).toBe(true)
  expect(bus.answers()).toEqual([])
})

test('jobs that somebody started come back with their parameters', () => {
  const { bus, of1, shard1 } = pair()
  const auto = of1.core.all()[0]?.start.id.job_number
  for (const source of ['monitor1', 'monitor2']) {
    const job_id = { source_name: source, job_number: auto }
    bus.command({ kind: 'job_command', message_id: `stop ${source}`, job_id, action: 'stop' })
    bus.command(startOf(source))
  }
  expect(bus.answers().length).toBe(4)
  bus.pass(4)
  bus.kill(of1)
  const [again] = bus.start(shard1 === undefined ? [] : [shard1])
  expect(jobsOf(again as Running).filter((job) => job.startsWith('monitor1 '))).toEqual(['monitor1 theirs 7'])
  expect(bus.answers().length).toBe(4)
})

test('a command to a stream whose process is away is answered once, when it is back', () => {
  const { bus, of1, of2, shard1 } = pair()
  bus.kill(of1)
  bus.pass(1)
  for (const source of ['monitor1', 'monitor2']) bus.command(startOf(source))
  expect(bus.answers()).toMatchObject([{ device: 'monitor2', response: 'ACK' }])
  bus.pass(3)
  const [again] = bus.start(shard1 === undefined ? [] : [shard1])
  expect(bus.answers()).toMatchObject([{ device: 'monitor2' }, { device: 'monitor1', response: 'ACK' }])
  expect(jobsOf(again as Running)).toContain('monitor1 theirs 7')
  bus.kill(again as Running)
  bus.start(shard1 === undefined ? [] : [shard1])
  expect(bus.answers().length).toBe(2)
  expect(jobsOf(of2)).toContain('monitor2 theirs 7')
})

test('what cannot be is refused once, also when the process was away', () => {
  const { bus, of1, shard1 } = pair()
  bus.kill(of1)
  bus.command(startOf('monitor1', { params: { toa_edges: { num_bins: 0 } } }))
  bus.start(shard1 === undefined ? [] : [shard1])
  expect(bus.answers()).toMatchObject([{ device: 'monitor1', response: 'ERR' }])
})

test('a workflow that was stopped does not come back with its process', () => {
  const { bus, of1, shard1 } = pair()
  bus.command({ kind: 'job_command', message_id: 'm', workflow_id: workflow, action: 'stop' })
  bus.pass(15)
  bus.kill(of1)
  const [again] = bus.start(shard1 === undefined ? [] : [shard1])
  expect(jobsOf(again as Running)).toEqual([])
})

test('a stop that came while the process was away holds, and is answered by it', () => {
  const { bus, of1, shard1 } = pair()
  const number = of1.core.all()[0]?.start.id.job_number
  bus.kill(of1)
  const job_id = { source_name: 'monitor1', job_number: number }
  bus.command({ kind: 'job_command', message_id: 'm', job_id, action: 'stop' })
  const [again] = bus.start(shard1 === undefined ? [] : [shard1])
  expect(bus.answers()).toEqual([
    { message_id: 'm', device: `monitor1/${number}`, response: 'ACK', message: null },
  ])
  expect(jobsOf(again as Running).some((job) => job.startsWith('monitor1 '))).toBe(false)
  expect(jobsOf(again as Running).length).toBeGreaterThan(0)
})

test('a command to all jobs is answered by one process, by another one when that is gone', () => {
  const { bus, of1, of2 } = pair()
  const reset = (id: string) =>
    bus.command({ kind: 'job_command', message_id: id, workflow_id: workflow, action: 'reset' })
  reset('a')
  bus.command({ kind: 'job_command', message_id: 'b', action: 'reset' })
  expect(bus.answers()).toMatchObject([
    { message_id: 'a', device: 'all', response: 'ACK' },
    { message_id: 'b', device: 'all', response: 'ACK' },
  ])
  bus.kill(ownerOf1 === 0 ? of1 : of2)
  bus.pass(8)
  reset('c')
  expect(bus.answers().filter(({ message_id: id }) => id === 'c').length).toBe(1)
})

test('after all have ended, or were silent for a minute, the default workflows begin anew', () => {
  const { bus, of1, of2 } = pair()
  const before = of1.core.all()[0]?.start.id.job_number
  bus.command(startOf('monitor1'))
  bus.end(of1)
  bus.end(of2)
  const next = bus.start(both)
  const numbers = new Set(next.flatMap(({ core }) => core.all().map(({ start }) => start.id.job_number)))
  expect(numbers.size).toBe(1)
  expect(numbers.has(before ?? '')).toBe(false)
  for (const process of next) bus.kill(process)
  bus.pass(61)
  const [third] = bus.start([alone])
  expect(numbers.has(third?.core.all()[0]?.start.id.job_number ?? '')).toBe(false)
})

test('a service alone that was killed goes on with its jobs too, and begins none that had none', () => {
  const bus = topics()
  const [first] = bus.start([alone])
  bus.pass(12)
  const before = jobsOf(first as Running)
  bus.kill(first as Running)
  const [second] = bus.start([alone])
  expect(jobsOf(second as Running)).toEqual(before)
})

test('without default workflows a process takes up what the others run, and nothing else', () => {
  const bus = topics()
  const processes = bus.start(both, { startsDefaults: false })
  expect(processes.flatMap(jobsOf)).toEqual([])
  for (const source of ['monitor1', 'monitor2']) bus.command(startOf(source))
  bus.pass(4)
  bus.kill(processes[ownerOf1 ?? 0] as Running)
  const [again] = bus.start([both[ownerOf1 ?? 0] ?? alone], { startsDefaults: false })
  expect(jobsOf(again as Running)).toEqual(['monitor1 theirs 7'])
})

test('a job whose start stands nowhere any more is named, not started with other parameters', () => {
  const { bus, of1, shard1 } = pair()
  bus.command({ kind: 'job_command', action: 'stop', workflow_id: workflow })
  bus.command(startOf('monitor1'))
  bus.pass(4)
  bus.kill(of1)
  bus.forgetCommands()
  const [again] = bus.start(shard1 === undefined ? [] : [shard1])
  expect(jobsOf(again as Running)).toEqual([])
  expect(bus.notResumed).toEqual([`${workflow}/monitor1`])
})

test('whatever stands on the topics, a service starts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 })),
      fc.array(fc.oneof(fc.string(), fc.json())),
      (bytes, texts) => {
        const bus = topics()
        for (const value of bytes) bus.status.push({ value, atMs: 1_700_000_000_000 })
        const [process] = bus.start([alone])
        const some = texts.map((text) => Buffer.from(text))
        const commands = some.map((value) => ({ key: null, value, timestampMs: 1 }))
        const answers = [...some, ...bytes]
        process?.core.step({ kind: 'resume', commands, answers, startsDefaults: true, nowMs: 2 })
        expect(process?.core.all().length).toBe(instrument.monitors.length)
      },
    ),
  )
})
