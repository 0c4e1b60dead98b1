import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NamedDocument } from '@beamtime/event-model'
import { freePort, tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { killed, readTopic, startBrokerProcess } from './broker-process.ts'
import { startHost, type HostProcess } from './host-process.ts'

let folder: TempDir
let port: number
let broker: ChildProcess | null = null
const hosts: HostProcess[] = []

beforeEach(async () => {
  folder = tempDir()
  port = await freePort()
})

afterEach(async () => {
  for (const host of hosts.splice(0)) {
    host.kill('SIGKILL')
    await host.exit()
  }
  if (broker !== null) await killed(broker)
  broker = null
  await folder.close()
})

async function startBroker(): Promise<void> {
  broker = await startBrokerProcess(join(folder.path, 'broker'), port)
}

async function start(): Promise<HostProcess> {
  const host = await startHost(folder.path, {
    publishDocuments: true,
    bus: { bootstrapServers: [`127.0.0.1:${port}`] },
  })
  hosts.push(host)
  await host.ready()
  return host
}

const stops = (documents: readonly NamedDocument[]): number =>
  documents.filter(([name]) => name === 'stop').length

/** Numbers of the events of the last run in order of arrival, each event counted once. */
function eventNumbers(documents: readonly NamedDocument[]): number[] {
  const seen = new Set<string>()
  return documents.flatMap(([name, document]) => {
    if (name !== 'event' || seen.has(document.uid)) return []
    seen.add(document.uid)
    return [document.seq_num]
  })
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1)

test('a run reaches the topic whole, with facility, item and user in its start document', async () => {
  await startBroker()
  const host = await start()
  const item = await host.run('count', [['det'], 5], { user: 'mara', user_group: 'primary' })
  const report = await host.report(item)
  const documents = await readTopic(port, 'documents', (found) => stops(found) === 1)
  expect(documents.map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    ...upTo(5).map(() => 'event'),
    'stop',
  ])
  expect(documents[0]?.[1]).toMatchObject({
    uid: report.uids[0],
    plan_name: 'count',
    facility: 'Test',
    from_setup: true,
    queue_item_uid: item,
    queue_user: 'mara',
    queue_user_group: 'primary',
  })
  await waitFor(() => readdirSync(join(folder.path, 'spool')).length === 1)
})

test('killing the broker during a run loses and doubles nothing, and the plan does not notice', async () => {
  await startBroker()
  const host = await start()
  const item = await host.run('loudRun', [300])
  await waitFor(() => host.output().includes('emitted 50\n'))
  if (broker !== null) await killed(broker)
  await waitFor(() => host.named('sink').some((event) => !event.ok))
  const report = await host.report(item)
  expect(report.plan_state).toBe('completed')
  await startBroker()
  const documents = await readTopic(port, 'documents', (found) => stops(found) === 1)
  expect(eventNumbers(documents)).toEqual(upTo(300))
  expect(documents.at(-1)?.[1]).toMatchObject({ exit_status: 'success', num_events: { primary: 300 } })
  await waitFor(() => host.named('sink').at(-1)?.ok, { timeoutMs: 10_000 })
})

test('after kill -9 of the worker with the bus away, the next host sends everything and closes the run', async () => {
  const first = await start()
  await first.run('loudRun', [10_000])
  await waitFor(() => first.output().includes('emitted 200\n'))
  first.kill('SIGKILL')
  await first.exit()
  const emitted = Math.max(
    ...[...first.output().matchAll(/emitted (\d+)\n/g)].map((match) => Number(match[1])),
  )
  await startBroker()
  const second = await start()
  await second.report(await second.run('fast', [3]))
  const documents = await readTopic(port, 'documents', (found) => stops(found) === 2)
  const end = documents.findIndex(([name]) => name === 'stop')
  const numbers = eventNumbers(documents.slice(0, end))
  expect(numbers.length).toBeGreaterThanOrEqual(emitted)
  expect(numbers).toEqual(upTo(numbers.length))
  expect(documents[end]?.[1]).toMatchObject({
    exit_status: 'fail',
    reason: 'process died',
    num_events: { primary: numbers.length },
  })
  expect(documents.slice(end + 1).map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    'event',
    'event',
    'event',
    'stop',
  ])
})

test('kill -9 of the worker while it sends loses nothing', async () => {
  await startBroker()
  const first = await start()
  await first.run('loudRun', [10_000])
  await waitFor(() => first.output().includes('emitted 200\n'))
  first.kill('SIGKILL')
  await first.exit()
  const emitted = Math.max(
    ...[...first.output().matchAll(/emitted (\d+)\n/g)].map((match) => Number(match[1])),
  )
  await start()
  const documents = await readTopic(port, 'documents', (found) => stops(found) === 1)
  const numbers = eventNumbers(documents)
  expect(numbers.length).toBeGreaterThanOrEqual(emitted)
  expect(numbers).toEqual(upTo(numbers.length))
})
