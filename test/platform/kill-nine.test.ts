// kill -9 of each service in turn while a 1,000-point scan runs: nothing is lost, nothing is doubled.
import { Kafka } from 'kafkajs'
import { decodeDocument } from '@beamtime/event-model'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { api, idle, Platform, until } from './platform.ts'

const points = 1_000
let platform: Platform

beforeEach(async () => {
  platform = await Platform.start()
  await idle(platform)
}, 60_000)

afterEach(() => platform.dispose(), 30_000)

async function startScan(): Promise<void> {
  const item = { item_type: 'plan', name: 'count', args: [['det']], kwargs: { num: points, delay: 0.004 } }
  await api(platform, '/queue/item/add', { item })
  await api(platform, '/queue/item/add', {
    item: { item_type: 'plan', name: 'count', args: [['det']], kwargs: { num: 3 } },
  })
  await api(platform, '/queue/start', {})
  await until('the scan runs', async () => (await api(platform, '/status'))['re_state'] === 'running')
}

async function pidOf(role: string): Promise<number> {
  const service = (await platform.status()).services.find((candidate) => candidate.role === role)
  if (service?.pid === null || service?.pid === undefined) throw new Error(`${role} has no pid`)
  return service.pid
}

interface HistoryEntry {
  readonly result: { readonly exit_status: string; readonly run_uids: readonly string[] }
}

async function history(length: number): Promise<readonly HistoryEntry[]> {
  return until(
    `${length} history entries`,
    async () => {
      const answer = (await api(platform, '/history/get')) as unknown as { items: readonly HistoryEntry[] }
      return answer.items.length >= length ? answer.items : undefined
    },
    60_000,
  )
}

/** Distinct document uids of a run on the bus, by name. */
async function onTheBus(run: string): Promise<Map<string, Set<string>>> {
  const kafka = new Kafka({
    brokers: [platform.kafka],
    clientId: 'independent',
    logLevel: 0,
    retry: { retries: 20 },
  })
  const consumer = kafka.consumer({ groupId: `independent-${Date.now()}` })
  const seen = new Map<string, Set<string>>()
  const descriptors = new Set<string>()
  let ended = false
  await consumer.connect()
  await consumer.subscribe({ topic: 'demo.bluesky.documents', fromBeginning: true })
  await consumer.run({
    eachMessage: ({ message }) => {
      if (message.value === null) return Promise.resolve()
      const [name, doc] = decodeDocument(message.value)
      const mine =
        (name === 'start' && doc.uid === run) ||
        (name === 'descriptor' && doc.run_start === run) ||
        (name === 'stop' && doc.run_start === run) ||
        (name === 'event' && descriptors.has(doc.descriptor))
      if (!mine) return Promise.resolve()
      if (name === 'descriptor') descriptors.add(doc.uid)
      if (name === 'stop') ended = true
      const uids = seen.get(name) ?? new Set()
      if ('uid' in doc) uids.add(String(doc.uid))
      seen.set(name, uids)
      return Promise.resolve()
    },
  })
  await until('the stop document is on the bus', () => ended, 30_000)
  await consumer.disconnect()
  return seen
}

async function expectWholeRun(run: string, events: number): Promise<void> {
  const bus = await onTheBus(run)
  expect(bus.get('start')?.size).toBe(1)
  expect(bus.get('event')?.size).toBe(events)
  expect(bus.get('stop')?.size).toBe(1)
  await until(
    'the store has the whole run, once',
    async () => {
      const output = await platform.beamtime('runs', 'export', run, '--format', 'jsonl')
      const lines = output.stdout.trim().split('\n')
      const names = lines.map((line) => (JSON.parse(line) as { name: string }).name)
      return (
        names.filter((name) => name === 'event').length === events &&
        names.filter((name) => name === 'stop').length === 1
      )
    },
    30_000,
  )
}

test.each(['queue@main', 'bus', 'store', 'http'])(
  'kill -9 of %s during a scan loses and doubles nothing',
  { timeout: 120_000 },
  async (role) => {
    await startScan()
    const before = await pidOf(role)
    process.kill(before, 'SIGKILL')
    await until(`${role} is back`, async () => {
      const service = (await platform.status()).services.find((candidate) => candidate.role === role)
      return service !== undefined && service.pid !== before && service.state === 'up'
    })
    const entries = await history(2)
    expect(entries.map((entry) => entry.result.exit_status)).toEqual(['completed', 'completed'])
    await expectWholeRun(entries[0]?.result.run_uids[0] ?? '', points)
    await expectWholeRun(entries[1]?.result.run_uids[0] ?? '', 3)
  },
)

test(
  'kill -9 of the worker ends the run with a stop document and puts the item back',
  { timeout: 120_000 },
  async () => {
    await startScan()
    const runs = (await api(platform, '/re/runs/active')) as unknown as { run_list: { uid: string }[] }
    const run = runs.run_list[0]?.uid ?? ''
    const status = (await platform.json<{ workers: { queue: string; pid: number }[] }>('status')).workers
    const worker = status.find((entry) => entry.queue === 'main')
    if (worker === undefined) throw new Error('status names no worker')
    process.kill(worker.pid, 'SIGKILL')
    const [entry] = await history(1)
    expect(entry?.result.exit_status).toBe('failed')
    const queue = (await api(platform, '/queue/get')) as unknown as { items: { name: string }[] }
    expect(queue.items).toHaveLength(2)
    await api(platform, '/environment/open', {})
    const bus = await onTheBus(run)
    expect(bus.get('stop')?.size).toBe(1)
  },
)
