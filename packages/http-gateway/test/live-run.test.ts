import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CatalogWriter } from '@beamtime/document-store'
import { composeRun, createDocumentEncoder } from '@beamtime/event-model'
import type { NamedDocument } from '@beamtime/event-model'
import type { Bus, BusRecord } from '@beamtime/bus'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { afterEach, expect, test } from 'vitest'
import { GrowingRows } from '../src/runs/growing-rows.ts'
import { LiveRun } from '../src/runs/live-run.ts'
import { peaksOf } from '../src/runs/peaks.ts'
import { plotChoices } from '../src/runs/plot-choices.ts'
import { RowSender } from '../src/runs/row-sender.ts'
import { followRuns } from '../src/runs/run-feed.ts'
import type { RunNews } from '../src/runs/run-feed.ts'
import { runLibrary } from '../src/runs/run-library.ts'
import { startFixture } from './gateway-fixture.ts'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** Documents of a scan with a Gaussian peak. */
function scanDocuments(points: number, more: Record<string, unknown> = {}): NamedDocument[] {
  const run = composeRun({
    metadata: {
      plan_name: 'scan',
      scan_id: 7,
      motors: ['motor'],
      detectors: ['det'],
      num_points: points,
      hints: { dimensions: [[['motor'], 'primary']] },
      ...more,
    },
  })
  const key = { dtype: 'number', shape: [], source: 'SIM' } as const
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: {
      motor: { ...key, object_name: 'motor', units: 'mm' },
      det: { ...key, object_name: 'det', units: 'counts', precision: 3 },
      label: { ...key, dtype: 'string', object_name: 'det' },
      image: { dtype: 'array', shape: [2, 2], source: 'SIM', object_name: 'cam' },
    },
    object_keys: { motor: ['motor'], det: ['det', 'label'], cam: ['image'] },
    hints: { motor: { fields: ['motor'] }, det: { fields: ['det'] } },
  })
  const documents: NamedDocument[] = [
    ['start', run.startDoc],
    ['descriptor', stream.descriptorDoc],
  ]
  for (let n = 0; n < points; n += 1) {
    const x = -1 + (2 * n) / Math.max(1, points - 1)
    const data = {
      motor: x,
      det: Math.exp(-x * x * 4),
      label: `p${n}`,
      image: [
        [1, 2],
        [3, 4],
      ],
    }
    const timestamps = {
      motor: run.startDoc.time,
      det: run.startDoc.time,
      label: run.startDoc.time,
      image: run.startDoc.time,
    }
    documents.push(['event', stream.composeEvent({ data, timestamps })])
  }
  documents.push(['stop', run.composeStop({ exit_status: 'success' })])
  return documents
}

function liveRun(documents: readonly NamedDocument[]): LiveRun {
  const [first] = documents
  if (first?.[0] !== 'start') throw new Error('a run begins with its start')
  const run = new LiveRun(first[1])
  for (const document of documents) run.take(document)
  return run
}

/** The header and the arrays of a frame. */
function decode(frame: Uint8Array): { header: Record<string, unknown>; numbers(name: string): number[] } {
  const view = new DataView(frame.buffer, frame.byteOffset)
  const jsonBytes = view.getUint32(32, true)
  const header = JSON.parse(new TextDecoder().decode(frame.subarray(40, 40 + jsonBytes))) as {
    arrays: { name: string; off: number; shape: number[] }[]
  }
  const start = 40 + Math.ceil(jsonBytes / 8) * 8
  return {
    header: header as unknown as Record<string, unknown>,
    numbers: (name) => {
      const info = header.arrays.find((one) => one.name === name)
      const count = info?.shape[0] ?? 0
      return Array.from({ length: count }, (_, at) =>
        view.getFloat64(start + (info?.off ?? 0) + 8 * at, true),
      )
    },
  }
}

test('columns of one value a row grow; arrays are left to the store', () => {
  const run = liveRun(scanDocuments(150))
  const rows = run.stream('primary')?.rows
  expect(rows?.columns.map((column) => [column.name, column.kind])).toEqual([
    ['seq_num', 'number'],
    ['time', 'number'],
    ['motor', 'number'],
    ['det', 'number'],
    ['label', 'text'],
  ])
  expect(rows?.length).toBe(150)
  expect(rows?.numbersOf('motor')?.at(-1)).toBe(1)
  expect(run.stop?.exit_status).toBe('success')
})

test('a row that is measured again replaces the first and is sent again', () => {
  const rows = new GrowingRows([{ name: 'x', kind: 'number' }])
  for (let seq = 1; seq <= 5; seq += 1) rows.put({ seq, timeS: seq, data: { x: seq } })
  const { version } = rows
  rows.put({ seq: 3, timeS: 9, data: { x: 33 } })
  expect([...(rows.numbersOf('x') ?? [])]).toEqual([1, 2, 33, 4, 5])
  expect(rows.changedFrom(version, 5)).toBe(2)
  expect(rows.changedFrom(rows.version, 5)).toBe(5)
  rows.put({ seq: 6, timeS: 1, data: {} })
  expect(rows.numbersOf('x')?.at(-1)).toBeNaN()
})

test('a sender sends what is new, and goes on where a slow client stopped', () => {
  const documents = scanDocuments(6)
  const run = liveRun(documents.slice(0, 4))
  const sender = new RowSender(run, null)
  const frames: ReturnType<typeof decode>[] = []
  const take = (
    build: (stamp: { subscription: number; seq: number; sentMs: number }) => Uint8Array,
  ): boolean => {
    frames.push(decode(build({ subscription: 1, seq: frames.length + 1, sentMs: 0 })))
    return true
  }
  expect(sender.send(take)).toBe(true)
  expect(frames[0]?.header).toMatchObject({
    kind: 'rows',
    stream: 'primary',
    first: 0,
    total: 2,
    uid: run.uid,
  })
  expect(frames[0]?.numbers('seq_num')).toEqual([1, 2])
  expect(sender.send(take)).toBe(true)
  expect(frames).toHaveLength(1)
  for (const document of documents.slice(4)) run.take(document)
  expect(sender.send(() => false)).toBe(false)
  expect(sender.send(take)).toBe(true)
  expect(frames[1]?.numbers('seq_num')).toEqual([3, 4, 5, 6])
  expect(frames[1]?.header).toMatchObject({ first: 2 })
})

test('what to draw and the statistics of the line follow from the documents', () => {
  const run = liveRun(scanDocuments(21))
  expect(plotChoices(run.start, run.descriptors)).toEqual([
    {
      stream: 'primary',
      kind: 'line',
      x: 'motor',
      y: null,
      columns: ['det'],
      table: ['motor', 'det', 'image'],
      units: { motor: 'mm', det: 'counts' },
    },
  ])
  const peak = peaksOf(run, { stream: 'primary', x: 'motor', y: 'det', edge: 0 })
  expect(peak).toMatchObject({ points: 21, max: [0, 1] })
  expect(peak.cen).toBeCloseTo(0, 9)
  expect(peaksOf(run, { stream: 'none', x: 'a', y: 'b', edge: 0 })).toMatchObject({ points: 0, max: null })
})

test('a grid has its shape, the places of its cells, and whether it snakes', () => {
  const documents = scanDocuments(6, {
    motors: ['motor', 'motor2'],
    hints: {
      gridding: 'rectilinear',
      dimensions: [
        [['motor2'], 'primary'],
        [['motor'], 'primary'],
      ],
    },
    shape: [2, 3],
    extents: [
      [0, 1],
      [-1, 1],
    ],
    snaking: [false, true],
  })
  const run = liveRun(documents)
  expect(plotChoices(run.start, run.descriptors)[0]).toMatchObject({
    kind: 'grid',
    x: 'motor',
    grid: {
      shape: [2, 3],
      extents: [
        [0, 1],
        [-1, 1],
      ],
      snaking: true,
    },
  })
})

/** A catalog file with these documents. */
function seed(path: string, documents: readonly NamedDocument[]): void {
  const encoder = createDocumentEncoder()
  const writer = new CatalogWriter(path)
  writer.apply(documents.map((named) => ({ bytes: encoder.encode(named) })))
  writer.close()
}

interface FakeBus {
  readonly bus: Bus
  readonly send: (documents: readonly NamedDocument[]) => void
}

function fakeBus(): FakeBus {
  const encoder = createDocumentEncoder()
  let deliver: ((records: readonly BusRecord[]) => void | Promise<void>) | null = null
  let offset = 0n
  const bus = {
    tail: (options: { signal: AbortSignal; onRecords: typeof deliver }) => {
      deliver = options.onRecords
      return new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()))
    },
    close: async () => undefined,
  } as unknown as Bus
  return {
    bus,
    send(documents) {
      const records = documents.map((named) => {
        offset += 1n
        return {
          topic: 't',
          partition: 0,
          offset,
          timestampMs: 0,
          key: null,
          value: encoder.encode(named),
          headers: [],
        }
      })
      void deliver?.(records)
    },
  }
}

test('the feed follows runs from the bus and takes the beginning of an open one from the store', async () => {
  const dir = tempDir()
  closers.push(() => dir.close())
  const path = join(dir.path, 'c.sqlite')
  mkdirSync(dir.path, { recursive: true })
  const documents = scanDocuments(10)
  seed(path, documents.slice(0, 6))
  const library = runLibrary([{ name: 'c', path, topic: 't' }])
  closers.push(() => library.close())
  const { bus, send } = fakeBus()
  const stop = new AbortController()
  closers.push(() => stop.abort())
  const feed = followRuns({
    bus,
    topics: ['t'],
    library,
    log: silentLogger,
    signal: stop.signal,
    onBus: () => undefined,
  })
  const news: RunNews[] = []
  feed.onNews((one) => news.push(one))
  // Read back from the middle: two events that the store has too, then new ones.
  send(documents.slice(4, 9))
  const run = feed.current
  expect(run?.stream('primary')?.rows.length).toBe(7)
  expect([...(run?.stream('primary')?.rows.numbersOf('seq_num') ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(feed.progress.current()).toMatchObject({ n: 7, total: 10 })
  expect(feed.active()).toHaveLength(1)
  send(documents.slice(9))
  expect(feed.progress.current()).toBeNull()
  expect(news.at(-1)).toEqual({ uid: run?.uid, kind: 'stop' })
  send(scanDocuments(3))
  expect(feed.current?.points).toBe(3)
})

test('malformed bytes on the bus are left out', () => {
  const library = runLibrary([])
  closers.push(() => library.close())
  const bus = {
    tail: async ({ onRecords }: { onRecords: (records: readonly unknown[]) => void }) => {
      const value = (bytes: number[]): unknown => ({ topic: 't', value: new Uint8Array(bytes) })
      onRecords([value([0xc1]), value([]), { topic: 't', value: null }, value([0x92, 0xa1, 0x78, 0x80])])
    },
  } as unknown as Bus
  const signal = new AbortController().signal
  const feed = followRuns({ bus, topics: ['t'], library, log: silentLogger, signal, onBus: () => undefined })
  expect(feed.current).toBeNull()
})

test('stored runs are found, read and exported over HTTP, and shown by the run channel', async () => {
  const dir = tempDir()
  closers.push(() => dir.close())
  const path = join(dir.path, 'c.sqlite')
  const documents = scanDocuments(25)
  seed(path, documents)
  const gateway = await startFixture({ config: { catalogs: [{ name: 'c', path, topic: 't' }] } })
  closers.push(() => gateway.close())
  const json = async (at: string): Promise<Record<string, unknown>> =>
    (await (await gateway.get(at)).json()) as Record<string, unknown>
  const uid = liveRun(documents).uid

  expect(await json('/api/runs?plan=scan&facets=1')).toMatchObject({ total: 1, runs: [{ uid, scan_id: 7 }] })
  expect((await gateway.get('/api/runs?sort=nonsense')).status).toBe(400)
  expect((await gateway.get('/api/runs?limit=x')).status).toBe(400)
  expect((await gateway.get('/api/runs?cursor=garbage')).status).toBe(400)
  expect((await gateway.get('/api/runs?catalog=none')).status).toBe(404)
  for (const key of ['-1', '7', uid, uid.slice(0, 8)])
    expect(await json(`/api/runs/${key}`)).toMatchObject({
      summary: { uid },
      streams: [{ name: 'primary', rows: 25 }],
    })
  expect((await gateway.get('/api/runs/99999')).status).toBe(404)
  const table = await json('/api/runs/-1/streams/primary/table?first=20&n=3&cols=seq_num,det')
  expect(table).toMatchObject({
    first: 20,
    n: 3,
    total: 25,
    columns: [{ name: 'seq_num', values: [21, 22, 23] }, { name: 'det' }],
  })
  expect((await gateway.get('/api/runs/-1/streams/none/table')).status).toBe(404)
  expect((await gateway.get('/api/runs/-1/streams/primary/table?cols=nope')).status).toBe(404)
  const page = await json('/api/runs/-1/documents?limit=10')
  expect(page).toMatchObject({ next: 10 })
  const csv = await gateway.get('/api/runs/-1/export?format=csv')
  expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="7-${uid.slice(0, 8)}.csv"`)
  expect((await csv.text()).trim().split('\n')).toHaveLength(26)
  const lines = (await (await gateway.get('/api/runs/-1/export?format=jsonl')).text()).trim().split('\n')
  expect(lines).toHaveLength(documents.length)
  expect((await gateway.get('/api/runs/-1/export?format=exe')).status).toBe(400)

  const socket = await gateway.socket('/api/ui/ws')
  socket.send({ op: 'sub', id: 3, ch: 'run', args: { uid: 'current' } })
  const snap = await socket.next((one) => one['k'] === 'snap' && one['id'] === 3)
  expect(snap['d']).toMatchObject({
    uid,
    stop: { exit_status: 'success' },
    peaks: [{ y: 'det', points: 25 }],
  })
  await waitFor(() => socket.frames.length > 0)
  const [frame] = socket.frames
  expect(decode(new Uint8Array(frame ?? [])).numbers('seq_num')).toHaveLength(25)
  socket.send({ op: 'sub', id: 4, ch: 'run', args: { uid: 'unknown-run' } })
  expect(await socket.next((one) => one['k'] === 'err')).toMatchObject({ id: 4, d: { code: 'notfound' } })
  socket.send({ op: 'sub', id: 5, ch: 'peaks', args: { uid, x: 'motor', y: 'det' } })
  expect(await socket.next((one) => one['k'] === 'snap' && one['id'] === 5)).toMatchObject({
    d: { max: [0, 1] },
  })
})
