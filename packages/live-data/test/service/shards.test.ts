import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openBus } from '@beamtime/bus'
import { silentLogger } from '@beamtime/service-kit'
import { waitFor } from '@beamtime/service-kit/testing'
import { ev44 } from '@beamtime/stream-formats'
import { expect, test } from 'vitest'
import { streamOwners } from '../../src/core/stream-owner.ts'
import { instrumentNamed } from '../../src/instruments/registry.ts'
import { openLiveView } from '../../src/index.ts'
import type { LiveOutput } from '../../src/ui-types.ts'
import { testPlatform, type TestPlatform } from './platform.part.ts'

const generous = { timeoutMs: 30_000 }
const workflow = 'dummy/monitor_histogram/1'
const image = (source: string): string => `${workflow}/${source}/cumulative`
const bins = 100
const binNs = 714_300

async function startShard(platform: TestPlatform, index: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'shard-process.part.ts'), [
    platform.bus.bootstrapServers[0] ?? '',
    platform.directory,
    String(index),
    '2',
  ])
  platform.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  await once(child, 'message')
  return child
}

/** Message n of each monitor has one event, in bin n modulo 100. */
function startSource(platform: TestPlatform): void {
  const bus = openBus(platform.bus)
  const producer = bus.producer()
  let sent = 0
  let sending: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    const timeNs = BigInt(Date.now()) * 1_000_000n
    const records = ['monitor1', 'monitor2'].map((source) => ({
      topic: 'dummy_beam_monitor',
      partition: 0,
      value: ev44.encode({
        source_name: source,
        message_id: BigInt(sent),
        reference_time: BigInt64Array.of(timeNs),
        reference_time_index: Int32Array.of(0),
        time_of_flight: Int32Array.of((sent % bins) * binNs + 1),
        pixel_id: Int32Array.of(1),
      }),
    }))
    sent += 1
    sending = producer.sendBatch(records)
  }, 70)
  platform.defer(async () => {
    clearInterval(timer)
    await sending
    await bus.close()
  })
}

/** Whether a histogram has each of some messages in a row once, and no other. */
function isSpan(output: LiveOutput | null): boolean {
  const counts = Array.from(output?.signal.values ?? [])
  const total = counts.reduce((sum, each) => sum + each, 0)
  const froms = Array.from({ length: bins }, (_, from) => from)
  return froms.some((from) =>
    counts.every((count, bin) => {
      const distance = (bin - from + bins) % bins
      return count === Math.floor(total / bins) + (distance < total % bins ? 1 : 0)
    }),
  )
}

test('a process of two that is killed comes back to its jobs; those of the other one go on and nothing is counted twice', async () => {
  await using platform = await testPlatform()
  const view = openLiveView({ instrument: 'dummy', downstream: platform.bus, log: silentLogger })
  platform.defer(() => view.close())
  const processes = await Promise.all([startShard(platform, 0), startShard(platform, 1)])
  startSource(platform)
  const isAhead = (source: string, sequence: number): boolean =>
    (view.output(image(source))?.sequence ?? 0) > sequence
  await waitFor(() => isAhead('monitor1', 1) && isAhead('monitor2', 1), generous)
  const before = { one: view.output(image('monitor1')), two: view.output(image('monitor2')) }
  expect(before.one?.jobNumber).toBe(before.two?.jobNumber)
  expect([before.one, before.two].map(isSpan)).toEqual([true, true])

  const dropped = view.state().droppedResults
  const index = streamOwners(instrumentNamed('dummy'), 2)('monitor1')
  const killed = once(processes[index] as ChildProcess, 'exit')
  processes[index]?.kill('SIGKILL')
  await killed
  const reset = view.command({ kind: 'reset', workflow, sources: ['monitor1', 'monitor2'] })
  const seen = view.output(image('monitor2'))?.sequence ?? 0
  await waitFor(() => isAhead('monitor2', seen + 2), generous)

  await startShard(platform, index)
  const answers = await reset
  expect(answers?.isTimedOut).toBe(false)
  expect(answers?.answers.map(({ device, ok }) => `${device.split('/')[0]} ${ok}`).toSorted()).toEqual([
    'monitor1 true',
    'monitor2 true',
  ])
  await waitFor(
    () => (view.output(image('monitor1'))?.startTimeMs ?? 0) > (before.one?.timeMs ?? 0),
    generous,
  )
  const after = { one: view.output(image('monitor1')), two: view.output(image('monitor2')) }
  expect([after.one?.jobNumber, after.two?.jobNumber]).toEqual([before.one?.jobNumber, before.one?.jobNumber])
  expect([after.one, after.two].map(isSpan)).toEqual([true, true])
  expect(view.state().generations.filter((each) => each.workflow === workflow).length).toBe(1)
  expect(view.state().droppedResults).toBe(dropped)
}, 60_000)
