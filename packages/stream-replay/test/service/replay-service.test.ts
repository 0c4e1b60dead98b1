import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'node:http'
import { createDocumentEncoder } from '@beamtime/event-model'
import { parseSection } from '@beamtime/service-kit'
import { testContext, waitFor } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { replayConfig } from '../../src/config.ts'
import type { PlayProgress } from '../../src/play/play-progress.ts'
import { replayClient, replaySocketName, type ReplayClient } from '../../src/service/control-client.ts'
import type { ReplayActivity } from '../../src/service/control-messages.ts'
import { startReplay } from '../../src/service/start-replay.ts'
import { contentOf, produce, record, replayBench, type Bench, texts } from '../replay-bench.ts'

/** Broker, service and client share one process here; other tests may share its cores. */
const patient = { timeoutMs: 50_000 }
vi.setConfig({ testTimeout: 60_000 })

interface ServiceBench extends Bench {
  readonly client: ReplayClient
  readonly socket: string
  metrics(): Promise<string>
  close(): Promise<void>
}

/** The service beside a broker, and its client. */
async function service(settings: Readonly<Record<string, unknown>> = {}): Promise<ServiceBench> {
  const bench = await replayBench()
  const context = testContext({ dataDir: bench.folder, role: 'replay' })
  const config = parseSection(
    replayConfig,
    { directory: join(bench.folder, 'recordings'), ...settings },
    { key: 'replay' },
  )
  const bus = { bootstrapServers: [`127.0.0.1:${bench.port}`], clientId: 'service' }
  const running = await startReplay({ replay: config, bus }, context)
  let isClosed = false
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    await running.close()
  }
  onTestFinished(close)
  const socket = join(context.runtimeDir, replaySocketName)
  return { ...bench, socket, client: replayClient(socket), metrics: () => context.metrics.text(), close }
}

async function filled({ replay }: Bench, count: number, gapMs: number): Promise<void> {
  await replay.bus.ensureTopics([{ name: 'a' }])
  for (let index = 0; index < count; index++)
    await produce(replay, { topic: 'a' }, [
      record({ timestampMs: 1_000_000 + index * gapMs, value: Buffer.from(String(index)) }),
    ])
}

test('a recording tells where runs begin and end, and where there is nothing', async () => {
  const bench = await service()
  const { client, replay } = bench
  await replay.bus.ensureTopics([{ name: 'docs' }])
  const encoder = createDocumentEncoder()
  const put = (atS: number, name: string, doc: unknown): Promise<void> =>
    produce(replay, { topic: 'docs' }, [
      record({ timestampMs: 1_000_000 + atS * 1_000, value: encoder.encode([name, doc] as never) }),
    ])
  await put(0, 'start', { uid: 'run-1', time: 1, scan_id: 41, plan_name: 'count' })
  await put(5, 'descriptor', { uid: 'd', run_start: 'run-1', time: 1, data_keys: {} })
  await put(10, 'stop', { uid: 's1', run_start: 'run-1', time: 1, exit_status: 'success' })
  await put(90, 'start', { uid: 'run-2', time: 1, plan_name: 'scan' })
  await put(100, 'stop', { uid: 's2', run_start: 'run-2', time: 1, exit_status: 'abort' })
  const { id } = await client.startRecording({ name: 'runs', topics: ['docs'], from: 'earliest', to: 'end' })
  const detail = await waitFor(async () => {
    const found = await client.recording(id)
    return found.closed ? found : null
  }, patient)
  expect(detail.marks.filter(({ kind }) => kind !== 'gap')).toMatchObject([
    { kind: 'start', ts: 1_000_000, uid: 'run-1', label: 'scan 41, count' },
    { kind: 'stop', ts: 1_010_000, uid: 'run-1', label: 'success' },
    { kind: 'start', ts: 1_090_000, uid: 'run-2', label: 'scan' },
    { kind: 'stop', ts: 1_100_000, uid: 'run-2', label: 'abort' },
  ])
  const shares = detail.marks.map(({ pct }) => pct)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  // Three of five messages are before the second run.
  expect(detail.marks.find(({ uid, kind }) => uid === 'run-2' && kind === 'start')?.pct).toBeCloseTo(60)
  const longest = detail.marks
    .filter(({ kind }) => kind === 'gap')
    .toSorted((a, b) => b.durationMs - a.durationMs)[0]
  expect(longest?.durationMs).toBeGreaterThan(79_000)
  expect(longest?.pct).toBeCloseTo(60, 0)
})

interface WatchedPlay {
  /** Resolves when the play has told of something like it. */
  until(is: (progress: PlayProgress) => boolean): Promise<void>
  /** The last that it tells. */
  readonly end: Promise<PlayProgress | undefined>
}

/** What a play tells of itself, from now on to its end. */
function watchedPlay(client: ReplayClient, id: string): WatchedPlay {
  let last: PlayProgress | undefined
  const waiting = new Set<() => void>()
  const watching = client.watchPlay(id, new AbortController().signal, (progress) => {
    last = progress
    for (const look of waiting) look()
  })
  return {
    until: (is) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (last === undefined || !is(last)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    end: watching.then(() => last),
  }
}

test('a recording is begun, looked at, stopped, found by its name and deleted', async () => {
  const bench = await service()
  const { client, replay } = bench
  await filled(bench, 3, 1_000)
  const { id } = await client.startRecording({ name: 'night-1', topics: ['a'], from: 'earliest' })
  await waitFor(async () => ((await client.recording(id)).progress?.count === 3 ? true : null), patient)
  await produce(replay, { topic: 'a' }, [record({ timestampMs: 1_003_000, value: Buffer.from('x') })])
  await waitFor(async () => ((await client.recording(id)).progress?.count === 4 ? true : null), patient)
  expect(await client.stopRecording(id)).toMatchObject({
    name: 'night-1',
    closed: true,
    count: 4,
    error: null,
  })
  const detail = await client.recording('night-1')
  expect(detail).toMatchObject({ id, count: 4, firstTs: 1_000_000, lastTs: 1_003_000 })
  expect(detail.rates).toHaveLength(60)
  expect(detail.partitions).toMatchObject([{ topic: 'a', partition: 0, first: 0, last: 3, count: 4 }])
  expect(await client.listRecordings()).toMatchObject([{ id }])
  expect(await client.removeRecording(id)).toMatchObject({ id })
  expect(await client.listRecordings()).toEqual([])
  await expect(client.recording(id)).rejects.toMatchObject({ code: 'REPLAY_UNKNOWN_ID' })
})

test('a play is paused, stepped, sought, sped up and stopped, and tells of it four times a second', async () => {
  const bench = await service()
  const { client, replay } = bench
  await filled(bench, 10, 60_000)
  const { id } = await client.startPlay({ source: 'topic:a', topicMap: 'a=b', create: true })
  const watched = watchedPlay(client, id)
  await watched.until(({ acked }) => acked === 1)
  expect(await client.pause(id)).toMatchObject({ progress: { state: 'paused' } })
  await watched.until(({ state }) => state === 'paused')
  await client.step(id)
  await watched.until(({ acked }) => acked === 2)
  await client.seek(id, '#8')
  await client.resume(id)
  expect(await client.speed(id, 10_000)).toMatchObject({ speed: 10_000 })
  const last = await watched.end
  expect(last).toMatchObject({ state: 'done', sent: 4, acked: 4, failed: 0 })
  expect(texts((await contentOf(replay, 'b'))[0] ?? [])).toEqual(['0', '1', '8', '9'])
  expect(await client.play(id)).toMatchObject({ result: { state: 'done' }, error: null, topics: ['b'] })
  const other = await client.startPlay({ source: 'topic:a', topicMap: 'a=b' })
  const end = watchedPlay(client, other.id).end
  await client.stopPlay(other.id)
  expect(await end).toMatchObject({ state: 'stopped' })
  expect(await client.play(other.id)).toMatchObject({ result: { state: 'stopped' } })
  expect(await bench.metrics()).toContain('beamtime_replay_messages_total{')
})

test('everything that goes on is told to whoever watches', async () => {
  const bench = await service()
  const { client } = bench
  await filled(bench, 2, 60_000)
  const stop = new AbortController()
  const seen: ReplayActivity[] = []
  const watching = client.watch(stop.signal, (activity) => seen.push(activity))
  await waitFor(() => Promise.resolve(seen.length > 0 || null), patient)
  expect(seen[0]).toEqual({ plays: [], recordings: [] })
  const play = await client.startPlay({ source: 'topic:a', topicMap: 'a=b', create: true })
  await client.startRecording({ name: 'r', topics: ['b'] })
  await waitFor(
    () => Promise.resolve((seen.at(-1)?.plays.length === 1 && seen.at(-1)?.recordings.length === 1) || null),
    patient,
  )
  await client.stopPlay(play.id)
  await client.stopRecording('r')
  await waitFor(() => Promise.resolve(seen.at(-1)?.recordings[0]?.state === 'done' || null), patient)
  stop.abort()
  await watching
})

test('what cannot be is refused with code, text and remedy, and nothing is left of it', async () => {
  const bench = await service({ max_plays: 1, deny_topics: ['^prod'] })
  const { client } = bench
  await filled(bench, 2, 60_000)
  const refused = async (work: Promise<unknown>, code: string, text: string): Promise<void> => {
    await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(text) as string })
  }
  await refused(client.startRecording({ name: '../x', topics: ['a'] }), 'REPLAY_USAGE', 'name')
  await refused(client.startRecording({ name: 'x', topics: ['none'] }), 'REPLAY_TOPIC_UNKNOWN', 'none')
  await refused(client.startRecording({ name: 'x', tpoics: ['a'] } as never), 'REPLAY_USAGE', 'tpoics')
  await refused(client.startPlay({ source: '/etc/passwd' }), 'REPLAY_USAGE', 'name')
  await refused(client.startPlay({ source: 'none' }), 'REPLAY_RECORDING_UNKNOWN', 'none')
  await refused(client.startPlay({ source: 'topic:a', topicMap: 'a=prod' }), 'REPLAY_NOT_ALLOWED', 'prod')
  await refused(
    client.startPlay({ source: 'topic:a', topicMap: 'a=b', resume: '../../x' }),
    'REPLAY_USAGE',
    'resume',
  )
  await refused(client.startPlay({ source: 'topic:a', profile: '/tmp/p.toml' }), 'REPLAY_USAGE', 'profile')
  await refused(client.speed('nosuch', 2), 'REPLAY_UNKNOWN_ID', 'nosuch')
  expect(await client.listRecordings()).toEqual([])
  expect(await client.listPlays()).toEqual([])
  const { id } = await client.startPlay({ source: 'topic:a', topicMap: 'a=b', create: true })
  await refused(client.startPlay({ source: 'topic:a', topicMap: 'a=b' }), 'REPLAY_NOT_ALLOWED', '1 plays')
  await refused(client.speed(id, 0), 'REPLAY_USAGE', 'speed 0')
  await refused(client.seek(id, 'nowhere'), 'REPLAY_USAGE', 'position')
})

test('numbers may be sent as numbers, and the prefix of the gateway’s paths is known', async () => {
  const bench = await service()
  await filled(bench, 3, 1_000)
  const body = JSON.stringify({
    source: 'topic:a',
    topicMap: 'a=b',
    create: true,
    rate: 1000,
    loop: 2,
    select: null,
  })
  const status = await new Promise<number | undefined>((resolve) => {
    const sent = request({ socketPath: bench.socket, method: 'POST', path: '/api/plays' }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.end(body)
  })
  expect(status).toBe(200)
  const [play] = await bench.client.listPlays()
  await waitFor(
    async () => ((await bench.client.play(play?.id ?? '')).result?.acked === 6 ? true : null),
    patient,
  )
})

test.each([
  ['an unknown path', 404, 'GET', '/nosuch', ''],
  ['a body that is no JSON', 400, 'POST', '/plays', '{'],
  ['a list', 400, 'POST', '/plays', '[]'],
  ['a body beyond 1 MiB', 400, 'POST', '/plays', `{"source":"${'x'.repeat(1_100_000)}"}`],
  ['an id that is no text', 400, 'GET', '/plays/%E0%A4%A', ''],
  ['a method that is not there', 404, 'DELETE', '/plays', ''],
])('%s is answered with %d', async (_, wanted, method, path, body) => {
  const { socket } = await service()
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request({ socketPath: socket, method, path }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.once('error', reject)
    sent.end(body)
  })
  expect(status).toBe(wanted)
})

test('a flight recorder flies from the start, waits for its topics, and what it holds can be saved', async () => {
  const bench = await service({ ring: [{ topics: ['a.*'], keep_s: 600 }] })
  const { client } = bench
  const flight = await waitFor(async () => (await client.listRecordings())[0] ?? null, patient)
  expect(flight.name).toMatch(/^flight-1-\d{8}T\d{6}$/)
  await filled(bench, 4, 1_000)
  await waitFor(
    async () => ((await client.recording(flight.id)).progress?.count === 4 ? true : null),
    patient,
  )
  expect(await client.saveRing(flight.id, 'kept')).toMatchObject({ name: 'kept', count: 4, closed: true })
  await expect(client.removeRecording(flight.id)).rejects.toMatchObject({ code: 'REPLAY_NOT_ALLOWED' })
})

test.each([
  ['x'],
  [[{}]],
  [[{ topics: [] }]],
  [[{ topics: ['a'], keep: 3 }]],
  [[{ topics: ['a'], keep_s: 0 }]],
])('the rings %j are refused at the start', async (ring) => {
  await expect(service({ ring })).rejects.toMatchObject({
    code: 'REPLAY_USAGE',
    message: expect.stringContaining('replay.ring') as string,
  })
})

test('when it ends, what it records is a closed recording, and its socket is gone', async () => {
  const bench = await service()
  await filled(bench, 3, 1_000)
  await bench.client.startRecording({ name: 'r', topics: ['a'], from: 'earliest' })
  await bench.client.startPlay({ source: 'topic:a', topicMap: 'a=b', create: true, loop: 'forever' })
  await bench.close()
  expect(existsSync(bench.socket)).toBe(false)
  await expect(bench.client.listPlays()).rejects.toMatchObject({
    code: 'REPLAY_SERVICE_AWAY',
    canRetry: true,
  })
  expect((await bench.replay.source(join(bench.folder, 'recordings/r.strec'))).partitions[0]).toMatchObject({
    count: 3,
  })
})
