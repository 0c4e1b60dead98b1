import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { composeRun, createDocumentEncoder, unixSeconds, type NamedDocument } from '@beamtime/event-model'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDocumentsSink, type DocumentsSink, type SinkState } from '../../src/sink/documents-sink.ts'
import { adoptSpoolFolders, createSpoolFolder } from '../../src/spool/spool-folders.ts'
import { FakeTransport } from './fake-transport.ts'

let folder: TempDir
let transport: FakeTransport
let states: SinkState[]
const open: DocumentsSink[] = []

beforeEach(() => {
  folder = tempDir()
  transport = new FakeTransport()
  states = []
})

afterEach(async () => {
  transport.up()
  for (const sink of open.splice(0)) await sink.close()
  await folder.close()
})

function openSink(
  extra: { onUnavailable?: 'spool' | 'block' | 'fail'; spoolMaxBytes?: number } = {},
): DocumentsSink {
  const key = randomUUID()
  const encoder = createDocumentEncoder()
  const adopted = adoptSpoolFolders({ spoolDir: folder.path, key, encoder, log: silentLogger })
  const own = createSpoolFolder(folder.path, key)
  const sink = openDocumentsSink({
    transport,
    encoder,
    own: own.log,
    openRuns: own.openRuns,
    adopted,
    spoolDir: folder.path,
    spoolMaxBytes: extra.spoolMaxBytes ?? 1e9,
    onUnavailable: extra.onUnavailable ?? 'spool',
    log: silentLogger,
    onState: (state) => states.push(state),
    stallMs: 20,
  })
  open.push(sink)
  return sink
}

/** Makes it look as if the process that wrote the folder has died. */
function bury(name: string): void {
  writeFileSync(
    join(folder.path, name, 'owner.json'),
    JSON.stringify({ pid: 2 ** 22 + 1, startTicks: '1', bootId: 'x' }),
  )
}

function documentsOfRun(points: number, stop = true): NamedDocument[] {
  const run = composeRun({ metadata: { scan_id: 1 } })
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: { x: { dtype: 'number', shape: [], source: 'S' } },
  })
  const documents: NamedDocument[] = [
    ['start', run.startDoc],
    ['descriptor', stream.descriptorDoc],
  ]
  for (let n = 0; n < points; n += 1) {
    documents.push(['event', stream.composeEvent({ data: { x: n }, timestamps: { x: unixSeconds(n) } })])
  }
  if (stop) documents.push(['stop', run.composeStop({})])
  return documents
}

test('documents arrive in the order of emission under one key', async () => {
  const sink = openSink()
  const documents = documentsOfRun(50)
  for (const document of documents) sink.write(document)
  expect(await sink.flush(2000)).toBe(true)
  expect(transport.documents).toEqual(documents)
  expect(new Set(transport.keys).size).toBe(1)
})

test('while the bus is away documents wait on disk, and go in order when it is back', async () => {
  const sink = openSink()
  transport.isUp = false
  const documents = documentsOfRun(30)
  for (const document of documents) sink.write(document)
  await waitFor(() => states.some((state) => !state.ok && state.pending > 0))
  expect(sink.admit()).toBeNull()
  transport.up()
  expect(await sink.flush(2000)).toBe(true)
  expect(transport.documents).toEqual(documents)
  await waitFor(() => states.at(-1)?.ok)
})

test('policy block waits at a checkpoint until the bus is back', async () => {
  const sink = openSink({ onUnavailable: 'block' })
  transport.isUp = false
  for (const document of documentsOfRun(1)) sink.write(document)
  await waitFor(() => !sink.state.ok)
  const admitted = sink.admit()
  expect(admitted).toBeInstanceOf(Promise)
  transport.up()
  await admitted
  expect(sink.admit()).toBeNull()
})

test('policy fail refuses at a checkpoint while the bus is away', async () => {
  const sink = openSink({ onUnavailable: 'fail' })
  transport.isUp = false
  for (const document of documentsOfRun(1)) sink.write(document)
  await waitFor(() => !sink.state.ok)
  await expect(sink.admit()).rejects.toMatchObject({ code: 'WORKER_BUS_UNAVAILABLE' })
})

test('a full spool holds the plan at its checkpoint', async () => {
  const sink = openSink({ spoolMaxBytes: 100 })
  transport.isUp = false
  for (const document of documentsOfRun(3)) sink.write(document)
  const admitted = sink.admit()
  expect(admitted).toBeInstanceOf(Promise)
  transport.up()
  await admitted
})

test('documents of a killed host are sent by the next one, first and once, and its open run gets a stop', async () => {
  const documents = documentsOfRun(10, false)
  const first = createSpoolFolder(folder.path, 'first-key')
  const encoder = createDocumentEncoder()
  for (const document of documents) {
    first.log.append(encoder.encode(document))
    first.openRuns.observe(document)
  }
  const sent = first.log.next(4, 1e6)
  if (sent !== null) first.log.acknowledge(sent)
  bury(readdirSync(folder.path)[0] ?? '')

  const sink = openSink()
  const own = documentsOfRun(2)
  for (const document of own) sink.write(document)
  expect(await sink.flush(2000)).toBe(true)
  const stop = transport.documents[8]
  expect(transport.documents.slice(0, 8)).toEqual(documents.slice(4))
  expect(stop).toMatchObject([
    'stop',
    { exit_status: 'fail', reason: 'process died', num_events: { primary: 10 } },
  ])
  expect(transport.documents.slice(9)).toEqual(own)
  await waitFor(() => readdirSync(folder.path).length === 1)
})

test('a run whose stop was written by the dead host gets no second one', async () => {
  const first = createSpoolFolder(folder.path, 'first-key')
  const encoder = createDocumentEncoder()
  const documents = documentsOfRun(3)
  for (const document of documents) first.log.append(encoder.encode(document))
  bury(readdirSync(folder.path)[0] ?? '')
  const sink = openSink()
  expect(await sink.flush(2000)).toBe(true)
  expect(transport.documents).toEqual(documents)
})

test('the folder of a living process is left alone', () => {
  const living = createSpoolFolder(folder.path, 'key')
  living.log.append(createDocumentEncoder().encode(documentsOfRun(0)[0] ?? ['stop', neverStop]))
  const sink = openSink()
  expect(sink.state.pending).toBe(0)
  living.log.close()
})

const neverStop = { uid: 'x', time: unixSeconds(0), run_start: 'x', exit_status: 'fail' as const }

test('a folder that holds nonsense stops nobody', async () => {
  mkdirSync(join(folder.path, '17-nonsense'))
  writeFileSync(join(folder.path, '17-nonsense', 'owner.json'), '{')
  writeFileSync(join(folder.path, '17-nonsense', '00000000000000000001.spool'), 'nonsense')
  writeFileSync(join(folder.path, 'stray-file'), 'nonsense')
  const sink = openSink()
  for (const document of documentsOfRun(1)) sink.write(document)
  expect(await sink.flush(2000)).toBe(true)
})

test('an event page that is too large for the bus goes in halves', async () => {
  const sink = openSink()
  transport.maxBytes = 700
  const run = composeRun({})
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: { x: { dtype: 'number', shape: [], source: 'S' } },
  })
  const rows = Array.from({ length: 10 }, (_, n) => n)
  sink.write(['descriptor', stream.descriptorDoc])
  sink.write([
    'event_page',
    stream.composeEventPage({
      data: { x: rows },
      timestamps: { x: rows },
      time: rows.map((row) => unixSeconds(row)),
    }),
  ])
  expect(await sink.flush(2000)).toBe(true)
  const pages = transport.documents.flatMap(([name, page]) => (name === 'event_page' ? [page] : []))
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.flatMap((page) => [...page.seq_num])).toEqual(rows.map((row) => row + 1))
})

test('a document that no broker would take is kept aside and does not hold up the rest', async () => {
  const sink = openSink()
  transport.maxBytes = 2000
  const documents = documentsOfRun(1)
  sink.write(['start', { uid: 'large', time: unixSeconds(1), text: 'x'.repeat(5000) }])
  for (const document of documents) sink.write(document)
  expect(await sink.flush(2000)).toBe(true)
  expect(transport.documents).toEqual(documents)
  expect(readFileSync(join(folder.path, 'rejected.spool')).byteLength).toBeGreaterThan(5000)
})

test('closing leaves what was not sent on disk, and nothing otherwise', async () => {
  const sink = openSink()
  for (const document of documentsOfRun(1)) sink.write(document)
  await sink.flush(2000)
  await sink.close()
  await sink.close()
  expect(readdirSync(folder.path)).toEqual([])

  const stranded = openSink()
  transport.isUp = false
  for (const document of documentsOfRun(1)) stranded.write(document)
  await stranded.close()
  expect(readdirSync(folder.path)).toHaveLength(1)
  expect(existsSync(join(folder.path, readdirSync(folder.path)[0] ?? '', '00000000000000000001.spool'))).toBe(
    true,
  )
})

test('bytes that an engine has made are sent as they are', async () => {
  const sink = openSink()
  const [start, descriptor] = documentsOfRun(0)
  if (start === undefined || descriptor === undefined) throw new Error('no documents')
  const bytes = createDocumentEncoder().encode(['start', { uid: 'from-elsewhere', time: unixSeconds(1) }])
  sink.write(start, bytes)
  sink.write(descriptor)
  await waitFor(() => transport.payloads.length === 2)
  expect([...(transport.payloads[0] ?? [])]).toEqual([...bytes])
})

test('runs of a dead engine are closed with what they had', async () => {
  const sink = openSink()
  for (const document of documentsOfRun(3, false)) sink.write(document)
  sink.closeRuns()
  sink.closeRuns()
  await waitFor(() => transport.documents.length === 6)
  expect(transport.documents.at(-1)).toMatchObject([
    'stop',
    { exit_status: 'fail', reason: 'process died', num_events: { primary: 3 } },
  ])
})
