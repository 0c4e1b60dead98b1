import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  composeRun,
  createDocumentEncoder,
  decodeDocument,
  unixSeconds,
  type NamedDocument,
} from '@beamtime/event-model'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { trackOpenRuns } from '../../src/spool/open-runs.ts'
import { adoptSpoolFolders } from '../../src/spool/spool-folders.ts'
import { createSpoolLog } from '../../src/spool/spool-log.ts'

function runOf(points: number): { documents: NamedDocument[]; uid: string } {
  const run = composeRun({})
  const data_keys = { x: { dtype: 'number', shape: [], source: 'S' } } as const
  const primary = run.composeDescriptor({ name: 'primary', data_keys })
  const baseline = run.composeDescriptor({ name: 'baseline', data_keys })
  const event = (stream: typeof primary, n: number): NamedDocument => [
    'event',
    stream.composeEvent({ data: { x: n }, timestamps: { x: unixSeconds(n) } }),
  ]
  const documents: NamedDocument[] = [
    ['start', run.startDoc],
    ['descriptor', baseline.descriptorDoc],
    event(baseline, 0),
    ['descriptor', primary.descriptorDoc],
  ]
  for (let n = 0; n < points; n += 1) documents.push(event(primary, n))
  return { documents, uid: run.startDoc.uid }
}

test('a run that began many segments ago is closed with the counts of all its streams', () => {
  const folder = tempDir()
  const dir = join(folder.path, '1-2-abc')
  mkdirSync(dir)
  writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, startTicks: null, bootId: null }))
  const openRuns = trackOpenRuns()
  const log = createSpoolLog({ dir, key: 'dead', segmentBytes: 1000, openRuns: () => openRuns.snapshot() })
  const encoder = createDocumentEncoder()
  const { documents, uid } = runOf(100)
  for (const document of documents) {
    log.append(encoder.encode(document))
    openRuns.observe(document)
  }
  for (let n = 0; n < 50; n += 1) {
    const batch = log.next(1, 1)
    if (batch !== null) log.acknowledge(batch)
  }
  expect(readdirSync(dir).filter((name) => name.endsWith('.spool')).length).toBeGreaterThan(5)

  const adopted = adoptSpoolFolders({
    spoolDir: folder.path,
    key: 'new',
    encoder: createDocumentEncoder(),
    log: silentLogger,
    now: () => unixSeconds(7),
  })
  expect(adopted).toHaveLength(1)
  const found: NamedDocument[] = []
  for (
    let batch = adopted[0]?.next(100, 1e6);
    batch !== null && batch !== undefined;
    batch = adopted[0]?.next(100, 1e6)
  ) {
    found.push(...batch.payloads.map((payload) => decodeDocument(payload)))
    adopted[0]?.acknowledge(batch)
  }
  expect(found.slice(0, -1)).toEqual(documents.slice(50))
  expect(found.at(-1)).toMatchObject([
    'stop',
    {
      run_start: uid,
      time: 7,
      exit_status: 'fail',
      reason: 'process died',
      num_events: { baseline: 1, primary: 100 },
    },
  ])
  expect(adopted[0]?.pendingRecords).toBe(0)
  adopted[0]?.close()
  expect(readdirSync(folder.path)).toEqual([])
  return folder.close()
})

test('a folder that was being made or taken over when its process died is taken over', () => {
  const folder = tempDir()
  const dir = join(folder.path, '.claim-1-2-abc')
  mkdirSync(dir)
  writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, startTicks: null, bootId: null }))
  const log = createSpoolLog({ dir, key: 'dead', openRuns: () => [] })
  log.append(Buffer.from('not a document'))
  const adopted = adoptSpoolFolders({
    spoolDir: folder.path,
    key: 'new',
    encoder: createDocumentEncoder(),
    log: silentLogger,
  })
  expect(adopted.map((spool) => spool.pendingRecords)).toEqual([1])
  return folder.close()
})

test('a run is open until its stop document', () => {
  const openRuns = trackOpenRuns()
  const { documents, uid } = runOf(2)
  for (const document of documents) openRuns.observe(document)
  expect(openRuns.snapshot().map((run) => run.uid)).toEqual([uid])
  openRuns.observe(['stop', { uid: 's', time: unixSeconds(1), run_start: uid, exit_status: 'success' }])
  expect(openRuns.snapshot()).toEqual([])
})
