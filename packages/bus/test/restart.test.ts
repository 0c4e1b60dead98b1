import { waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { killableBroker, killedMember, stopper, testBus, textOf } from './bus-bench.ts'

test('over kill -9 and restart of the broker nothing is lost or doubled on the way to a tail and to a group', async () => {
  const broker = await killableBroker()
  await broker.start()
  const bus = testBus(broker.port)
  await bus.ensureTopics([{ name: 't' }])
  const stop = stopper()
  const tailed: string[] = []
  const consumed: string[] = []
  const states: string[] = []
  const tail = bus.tail({
    topic: 't',
    from: 'earliest',
    signal: stop.signal,
    onState: (state) => states.push(state),
    onRecords: (records) => void tailed.push(...records.map(textOf)),
  })
  const group = bus.consume({
    groupId: 'g',
    topics: ['t'],
    from: 'earliest',
    signal: stop.signal,
    onBatch: (batch) => {
      consumed.push(...batch.records.map(textOf))
      return Promise.resolve()
    },
  })
  const producer = bus.producer()
  let sent = 0
  let isDone = false
  const sending = (async () => {
    while (!isDone) await producer.send({ topic: 't', value: String(sent) }).then(() => sent++)
  })()
  for (let kill = 0; kill < 4; kill++) {
    const before = sent
    await waitFor(() => sent > before + 50, { timeoutMs: 10_000 })
    await broker.kill()
    await broker.start()
  }
  const before = sent
  await waitFor(() => sent > before + 50, { timeoutMs: 10_000 })
  isDone = true
  await sending
  const expected = Array.from({ length: sent }, (_, i) => String(i))
  await waitFor(() => tailed.length >= sent && consumed.length >= sent, { timeoutMs: 10_000 })
  stop.abort()
  await Promise.all([tail, group])
  expect(tailed).toEqual(expected)
  expect(consumed).toEqual(expected)
  expect(states.slice(0, 3)).toEqual(['connected', 'disconnected', 'connected'])
}, 60_000)

test('a named member that was killed takes its place again at once and goes on after the last commit', async () => {
  const broker = await killableBroker()
  await broker.start()
  const bus = testBus(broker.port)
  await bus.ensureTopics([{ name: 't', partitions: 2 }])
  const producer = bus.producer()
  const send = (values: readonly string[]): Promise<unknown> =>
    producer.sendBatch(values.map((value, i) => ({ topic: 't', value, partition: i % 2 })))
  await send(['a', 'b'])
  for (const next of [
    ['c', 'd'],
    ['e', 'f'],
  ]) {
    await killedMember(broker.port, 2)
    await send(next)
    const startedMs = performance.now()
    const seen: string[] = []
    const stop = stopper()
    const consuming = bus.consume({
      groupId: 'g',
      instanceId: 'one',
      topics: ['t'],
      from: 'earliest',
      signal: stop.signal,
      onBatch: ({ records }) => {
        seen.push(...records.map(textOf))
        return Promise.resolve()
      },
    })
    await waitFor(() => seen.length >= 2, { timeoutMs: 5_000 })
    expect(seen.toSorted()).toEqual(next)
    expect(performance.now() - startedMs).toBeLessThan(2_500)
    stop.abort()
    await consuming
    await send(['x', 'y'])
  }
}, 30_000)

test('ensureTopics waits for a broker that is not there yet', async () => {
  const broker = await killableBroker()
  const bus = testBus(broker.port)
  const ensured = bus.ensureTopics([{ name: 't' }])
  await broker.start()
  await ensured
  expect(await bus.admin.listTopics()).toEqual(['t'])
})

test('an idle tail and an idle group member cost next to nothing', async () => {
  const broker = await killableBroker()
  await broker.start()
  const bus = testBus(broker.port)
  await bus.ensureTopics([{ name: 't' }])
  const stop = stopper()
  let answers = 0
  const running = [
    bus.tail({
      topic: 't',
      from: 'earliest',
      signal: stop.signal,
      onState: () => answers++,
      onRecords: () => void answers++,
    }),
    bus.consume({
      groupId: 'g',
      topics: ['t'],
      from: 'earliest',
      signal: stop.signal,
      onBatch: () => Promise.resolve(),
    }),
  ]
  await bus.producer().send({ topic: 't', value: 'x' })
  await waitFor(() => answers > 0)
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const { user, system } = process.cpuUsage(before)
  stop.abort()
  await Promise.all(running)
  expect((user + system) / 1_000).toBeLessThan(150)
})
