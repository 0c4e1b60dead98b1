import { setTimeout } from 'node:timers/promises'
import { openBus, type Bus } from '@beamtime/bus'
import { brokerConfig, openBroker, registryConfig, type Broker } from '@beamtime/kafka-broker'
import { encodeMsgpack } from '@beamtime/event-model'
import { parseSection } from '@beamtime/service-kit'
import { alertsOf } from '@beamtime/stream-replay'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { greyOf, zscale } from '../src/streams/grey-stamp.ts'
import type {
  AlertsPage,
  MessageDetail,
  MessagesPage,
  SchemaDetail,
  SchemasPage,
  TailEvent,
  TopicDetail,
  TopicsSnap,
} from '../src/ui-types.ts'
import { startFixture, type Fixture } from './gateway-fixture.ts'

let dir: TempDir
let broker: Broker
let bus: Bus
let gateway: Fixture
let registryUrl: string

beforeAll(async () => {
  dir = tempDir()
  broker = await openBroker({
    config: parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' }),
    directory: dir.path,
    registry: parseSection(registryConfig, { listen: '127.0.0.1:0' }, { key: 'registry' }),
  })
  const options = { bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port}`], clientId: 'test' }
  bus = openBus(options)
  registryUrl = `http://127.0.0.1:${broker.registryAddress?.port}`
  gateway = await startFixture({ config: { bus: options, registryUrl } })
})

afterAll(async () => {
  await gateway.close()
  await bus.close()
  await broker.close()
  await dir.close()
})

async function fill(topic: string, values: readonly (string | Uint8Array)[], partitions = 1): Promise<void> {
  await bus.ensureTopics([{ name: topic, partitions }])
  const producer = bus.producer()
  for (const [index, value] of values.entries())
    await producer.send({
      topic,
      value,
      key: `k${index}`,
      partition: index % partitions,
      timestampMs: 1_000 + index,
    })
  await producer.close()
}

async function json<T>(answer: Promise<Response>): Promise<T> {
  return (await (await answer).json()) as T
}

test('topics are listed with their sizes, groups and lags', async () => {
  await fill('listed', ['1', '2', '3', '4'], 2)
  const stop = new AbortController()
  await bus.consume({
    groupId: 'reader',
    topics: ['listed'],
    from: 'earliest',
    signal: stop.signal,
    onBatch: () => {
      stop.abort()
      return Promise.resolve()
    },
  })
  const snap = await json<TopicsSnap>(gateway.get('/api/streams/topics'))
  expect(snap.error).toBeNull()
  expect(snap.topics.find(({ name }) => name === 'listed')).toMatchObject({
    partitions: 2,
    messages: 4,
    groups: 1,
  })
  expect(snap.groups.find(({ id }) => id === 'reader')).toMatchObject({
    members: 0,
    topics: [{ topic: 'listed' }],
  })
  const detail = await json<TopicDetail>(gateway.get('/api/streams/topics/listed'))
  expect(detail.partitions).toEqual([0, 1].map((partition) => ({ partition, earliest: 0, latest: 2 })))
  expect((await gateway.get('/api/streams/topics/absent')).status).toBe(404)
})

test('messages are read newest first, decoded, page by page', async () => {
  const start = { uid: 'a', time: 1, scan_id: 7, plan_name: 'count' }
  await fill('mixed', ['{"n": 1}', 'plain words', encodeMsgpack(['start', start]), Buffer.from([1, 2, 255])])
  const page = await json<MessagesPage>(gateway.get('/api/streams/topics/mixed/messages?limit=3'))
  expect(page.messages.map(({ offset, format }) => [offset, format])).toEqual([
    [3, 'bytes'],
    [2, 'document:start'],
    [1, 'text'],
  ])
  expect(page.messages.map(({ summary }) => summary)).toEqual(['01 02 ff', 'scan 7 · count', 'plain words'])
  expect(page).toMatchObject({ done: false, total: 4, scanned: 3 })
  const rest = await json<MessagesPage>(
    gateway.get(`/api/streams/topics/mixed/messages?limit=3&cursor=${page.cursor}&cols=n`),
  )
  expect(rest).toMatchObject({ done: true, messages: [{ offset: 0, format: 'json', cols: [1] }] })
})

test('a filter, an offset and a time choose messages; what cannot be is refused with a remedy', async () => {
  await fill(
    'chosen',
    Array.from({ length: 20 }, (_, n) => `{"n": ${n}}`),
  )
  const offsets = async (query: string): Promise<number[]> =>
    (await json<MessagesPage>(gateway.get(`/api/streams/topics/chosen/messages?${query}`))).messages.map(
      ({ offset }) => offset,
    )
  expect(await offsets('dir=forward&from=17')).toEqual([17, 18, 19])
  expect(await offsets('dir=forward&from=1970-01-01T00:00:01.018Z')).toEqual([18, 19])
  expect(await offsets(`filter=${encodeURIComponent('json.n > 3 && json.n < 6')}`)).toEqual([5, 4])
  const refused = await gateway.get(
    `/api/streams/topics/chosen/messages?filter=${encodeURIComponent('json.n >')}`,
  )
  expect(refused.status).toBe(400)
  expect(((await refused.json()) as { detail: string }).detail).toMatch(/expected a number.*Fields:/)
})

test('a pattern that would hold up an ordinary engine for years finds what it should, and others are served', async () => {
  await fill('long', ['b', `${'a'.repeat(30_000)}!`, 'aaaa', `${'a'.repeat(30_000)}!`])
  const filter = encodeURIComponent("value ~ '^(a+)+$'")
  const [found] = await Promise.all([
    json<MessagesPage>(gateway.get(`/api/streams/topics/long/messages?filter=${filter}`)),
    gateway.get('/api/streams/topics/long'),
  ])
  expect(found.messages.map(({ offset }) => offset)).toEqual([2])
  expect(found.done).toBe(true)
  const looking = await gateway.get(
    `/api/streams/topics/long/messages?filter=${encodeURIComponent("value ~ '(?=a)b'")}`,
  )
  expect(looking.status).toBe(400)
})

test('one message shows its headers, its bytes and its decoded value', async () => {
  await bus.ensureTopics([{ name: 'one' }])
  const headers = [{ key: 'kind', value: Buffer.from('test') }]
  await bus.producer().send({ topic: 'one', key: 'k', value: '{"deep": {"er": [1, 2]}}', headers })
  const detail = await json<MessageDetail>(gateway.get('/api/streams/topics/one/messages/0/0'))
  expect(detail).toMatchObject({
    key: 'k',
    value: { deep: { er: [1, 2] } },
    headers: [{ key: 'kind', value: 'test' }],
    alert: null,
  })
  const bytes = await gateway.get('/api/streams/topics/one/messages/0/0/bytes')
  expect(await bytes.text()).toBe('{"deep": {"er": [1, 2]}}')
  expect((await gateway.get('/api/streams/topics/one/messages/0/9')).status).toBe(404)
})

test('a topic is created, written, changed, purged and deleted, each of it in the audit log', async () => {
  const made = await gateway.post('/api/streams/topics/create', {
    name: 'made',
    configs: { 'retention.ms': '60000' },
  })
  expect(made.status).toBe(200)
  const written = await json<{ offset: number }>(
    gateway.post('/api/streams/topics/made/produce', { value: 'hello' }),
  )
  expect(written.offset).toBe(0)
  await gateway.post('/api/streams/topics/made/config', { configs: { 'retention.ms': null } })
  await gateway.post('/api/streams/topics/made/partitions', { total: 3 })
  const detail = await json<TopicDetail>(gateway.get('/api/streams/topics/made'))
  expect(detail.partitions).toHaveLength(3)
  expect(detail.configs['retention.ms']).not.toBe('60000')
  expect((await gateway.post('/api/streams/topics/made/purge', {})).status).toBe(422)
  expect((await gateway.post('/api/streams/topics/made/purge', { confirm: 'made' })).status).toBe(200)
  expect((await gateway.post('/api/streams/topics/made/delete', { confirm: 'made' })).status).toBe(200)
  expect((await gateway.get('/api/streams/topics/made')).status).toBe(404)
  const { entries } = await json<{ entries: { method: string; ok: boolean }[] }>(gateway.get('/api/audit'))
  expect(entries.map(({ method, ok }) => [method, ok])).toEqual(
    expect.arrayContaining([
      ['topic_create made', true],
      ['topic_purge made', false],
      ['topic_delete made', true],
    ]),
  )
})

test('a group is moved to the beginning and forgotten', async () => {
  await fill('moved', ['1', '2'])
  const stop = new AbortController()
  await bus.consume({
    groupId: 'mover',
    topics: ['moved'],
    from: 'earliest',
    signal: stop.signal,
    onBatch: () => {
      stop.abort()
      return Promise.resolve()
    },
  })
  expect(await json(gateway.get('/api/streams/groups/mover'))).toMatchObject({ state: 'Empty', lag: 0 })
  await gateway.post('/api/streams/groups/mover/reset', { topic: 'moved', to: 'earliest' })
  expect(await json(gateway.get('/api/streams/groups/mover'))).toMatchObject({ lag: 2 })
  await gateway.post('/api/streams/groups/mover/reset', { topic: 'moved', to: 'shift', by: 1 })
  expect(await json(gateway.get('/api/streams/groups/mover'))).toMatchObject({ lag: 1 })
  const gone = await gateway.get('/api/streams/groups/mover', { method: 'DELETE' })
  expect(gone.status).toBe(200)
})

test('a tail counts every message and shows no more than was asked for', async () => {
  await fill('followed', ['before'])
  const socket = await gateway.socket('/api/ui/ws')
  socket.send({ op: 'sub', id: 1, ch: 'tail', args: { topic: 'followed', maxRate: 50 } })
  await socket.next((message) => message['k'] === 'snap' && message['id'] === 1)
  const producer = bus.producer()
  const tailed = (): TailEvent[] =>
    socket.messages.filter((message) => message['k'] === 'event').map((message) => message['d'] as TailEvent)
  const sum = (pick: (event: TailEvent) => number): number =>
    tailed().reduce((total, event) => total + pick(event), 0)
  // What is written before the tail stands is not its own: one message a time until one is seen.
  while (tailed().length === 0) {
    await producer.send({ topic: 'followed', value: 'knock' })
    await setTimeout(50)
  }
  const count = 500
  const before = sum((event) => event.seen)
  await producer.sendBatch(
    Array.from({ length: count }, (_, n) => ({ topic: 'followed', value: `message ${n}` })),
  )
  await waitFor(() => sum((event) => event.seen) >= before + count)
  expect(sum((event) => event.rows.length + event.left)).toBe(sum((event) => event.seen))
  expect(sum((event) => event.left)).toBeGreaterThan(0)
  await producer.close()
})

test('recordings say that their service is away, with a remedy', async () => {
  const answer = await gateway.get('/api/recordings')
  expect(answer.status).toBe(503)
  expect(((await answer.json()) as { detail: string }).detail).toMatch(
    /replay service does not answer.*beamtime up/,
  )
})

async function register(subject: string, schema: unknown): Promise<void> {
  await fetch(`${registryUrl}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  })
}

test('the registry shows its subjects, their versions, texts and compatibility', async () => {
  const fields = [{ name: 'n', type: 'long' }]
  await register('b/c-value', { type: 'record', name: 'r', fields })
  await register('b/c-value', {
    type: 'record',
    name: 'r',
    fields: [...fields, { name: 'm', type: 'int', default: 1 }],
  })
  await register('a-key', 'string')
  const { registry, subjects } = await json<SchemasPage>(gateway.get('/api/streams/schemas'))
  expect(registry).toBe(registryUrl)
  expect(subjects).toMatchObject([
    { name: 'a-key', version: 1, type: 'AVRO' },
    { name: 'b/c-value', version: 2, type: 'AVRO' },
  ])
  const path = `/api/streams/schemas/${encodeURIComponent('b/c-value')}`
  const detail = await json<SchemaDetail>(gateway.get(path))
  expect(detail).toMatchObject({ compatibility: 'BACKWARD', isCompatibilityOwn: false, older: 0 })
  expect(detail.versions.map(({ version }) => version)).toEqual([2, 1])
  expect(JSON.parse(detail.versions[1]?.schema ?? '')).toEqual({ type: 'record', name: 'r', fields })
  await fetch(`${registryUrl}/config/${encodeURIComponent('b/c-value')}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"compatibility": "FULL"}',
  })
  expect(await json<SchemaDetail>(gateway.get(path))).toMatchObject({
    compatibility: 'FULL',
    isCompatibilityOwn: true,
  })
  expect((await gateway.get('/api/streams/schemas/none')).status).toBe(404)
})

test('without a registry there are no schemas, and one that is away is said to be', async () => {
  const options = { bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port}`], clientId: 'test' }
  const without = await startFixture({ config: { bus: options } })
  expect(await json<SchemasPage>(without.get('/api/streams/schemas'))).toEqual({
    registry: null,
    subjects: [],
  })
  await without.close()
  const away = await startFixture({ config: { bus: options, registryUrl: 'http://127.0.0.1:9' } })
  const answer = await away.get('/api/streams/schemas')
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('schema registry')
  await away.close()
})

test('alerts come with their cut-outs and light curves, other messages without', async () => {
  const [alert = new Uint8Array()] = alertsOf({ visits: 1, detectors: 1, alerts: 1 })
  // Framed as schema 704.
  await fill('alerts', [Buffer.concat([Buffer.of(0, 0, 0, 2, 192), alert]), 'no alert'])
  const page = await json<AlertsPage>(gateway.get('/api/streams/topics/alerts/alerts?dir=forward'))
  expect(page).toMatchObject({ done: true, total: 2, cards: [{ row: { format: 'alert' } }, { alert: null }] })
  const [card] = page.cards
  expect(card?.alert?.stamps.map(({ name }) => name)).toEqual(['science', 'template', 'difference'])
  for (const { width, height, grey } of card?.alert?.stamps ?? [])
    expect(Buffer.from(grey, 'base64').length).toBe(width * height)
  expect(card?.alert?.lightCurve.length).toBeGreaterThan(0)
})

test('zscale keeps faint structure and lets bright stars saturate', () => {
  const pixels = Float32Array.from({ length: 2_500 }, (_, index) => ((index * 7_919) % 100) / 10)
  pixels[1_275] = 100_000
  const { low, high } = zscale(pixels)
  expect(low).toBeLessThan(2)
  expect(high).toBeLessThan(30)
  expect(greyOf(pixels)[1_275]).toBe(255)
  expect(greyOf(Float32Array.of(Number.NaN))).toEqual(Uint8Array.of(0))
})
