// The same run read three ways: from Kafka with a client that is not ours, from the store, and from the export.
import { Kafka } from 'kafkajs'
import { decodeDocument, type NamedDocument } from '@beamtime/event-model'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { api, idle, Platform, until } from './platform.ts'

let platform: Platform
let uid = ''

beforeAll(async () => {
  platform = await Platform.start()
  await idle(platform)
  await api(platform, '/queue/item/add', {
    item: {
      item_type: 'plan',
      name: 'scan',
      args: [['det'], 'motor', -1, 1, 21],
      meta: { sample: 'three ways' },
    },
  })
  await api(platform, '/queue/start', {})
  const entry = await until('the scan is in the history', async () => {
    const history = (await api(platform, '/history/get')) as unknown as {
      items: { result: { exit_status: string; run_uids: string[] } }[]
    }
    return history.items[0]
  })
  expect(entry.result.exit_status).toBe('completed')
  uid = entry.result.run_uids[0] ?? ''
}, 60_000)

afterAll(() => platform.dispose())

function ofRun(documents: readonly NamedDocument[]): NamedDocument[] {
  const known = new Set([uid])
  return documents.filter(([, doc]) => {
    const links = doc as unknown as Record<string, unknown>
    const mine = [links['uid'], links['run_start'], links['descriptor']].some((link) =>
      known.has(String(link)),
    )
    if (mine && typeof links['uid'] === 'string') known.add(links['uid'])
    return mine
  })
}

async function fromKafka(): Promise<NamedDocument[]> {
  const kafka = new Kafka({ brokers: [platform.kafka], clientId: 'independent', logLevel: 0 })
  const consumer = kafka.consumer({ groupId: 'independent' })
  const documents: NamedDocument[] = []
  await consumer.connect()
  await consumer.subscribe({ topic: 'demo.bluesky.documents', fromBeginning: true })
  await consumer.run({
    eachMessage: ({ message }) => {
      if (message.value !== null) documents.push(decodeDocument(message.value))
      return Promise.resolve()
    },
  })
  await until('the stop document arrives', () =>
    documents.some(([name, doc]) => name === 'stop' && doc.run_start === uid),
  )
  await consumer.disconnect()
  return ofRun(documents)
}

test('Kafka, the store and the export give the same documents', async () => {
  const kafka = await fromKafka()
  await until('the store has the stop document', async () => {
    const run = await platform.json<{ stop: unknown }>('runs', 'show', '-1')
    return run.stop !== null && run.stop !== undefined
  })
  const stored = await api(platform, `/runs/${uid}/documents`)
  const exported = await platform.beamtime('runs', 'export', '-1', '--format', 'jsonl')
  const lines = exported.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; doc: unknown })
  expect(kafka.map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    ...Array.from({ length: 21 }, () => 'event'),
    'stop',
  ])
  const plain = JSON.parse(JSON.stringify(kafka.map(([name, doc]) => ({ name, doc })))) as unknown
  expect(lines).toEqual(plain)
  expect(
    (stored['documents'] as unknown[]).map((entry) =>
      Array.isArray(entry) ? { name: entry[0], doc: entry[1] } : entry,
    ),
  ).toEqual(plain)
})

test('the exported table has a row for each point', async () => {
  const csv = await platform.beamtime('runs', 'export', '-1', '--format', 'csv')
  const rows = csv.stdout.trim().split(/\r?\n/)
  expect(rows[0]).toMatch(/^seq_num,time,/)
  expect(rows).toHaveLength(22)
})
