import { composeRun, type NamedDocument } from '@beamtime/event-model'
import { expect, test } from 'vitest'
import { openCatalog } from '../src/index.ts'
import { newCatalog } from './catalog-fixture.ts'
import { encode, finishedRun } from './sample-run.ts'

const uids = [
  'aaaaaaaa-0000-4000-8000-000000000001',
  'aaaaaaaa-0000-4000-8000-000000000002',
  '12345678-0000-4000-8000-000000000003',
]

function threeRuns() {
  const opened = newCatalog()
  const documents = uids.map((uid, i): NamedDocument => [
    'start',
    composeRun({ uid, metadata: { scan_id: 7 + (i >> 1) } }).startDoc,
  ])
  opened.writer.apply(encode(documents))
  return opened
}

test.each([
  ['-1', uids[2]],
  ['-3', uids[0]],
  ['8', uids[2]],
  ['7', uids[1]],
  [uids[0], uids[0]],
  ['12345', uids[2]],
  ['12345678-0', uids[2]],
])('%s names one run', (key, uid) => {
  expect(threeRuns().catalog.find(String(key))).toEqual({ kind: 'one', uid })
})

test.each(['-4', '-0', '99', 'zzzzz', 'aaaa', '', '1234'])('%j names none', (key) => {
  expect(threeRuns().catalog.find(key)).toEqual({ kind: 'none' })
})

test('a beginning shared by several is told as such', () => {
  expect(threeRuns().catalog.find('aaaaa')).toEqual({ kind: 'many', uids: [uids[1], uids[0]] })
})

test('lists and slices name several', () => {
  const { catalog } = threeRuns()
  expect(catalog.findAll('8, aaaaaaaa-0000-4000-8000-000000000001')).toEqual([uids[2], uids[0]])
  expect(catalog.findAll('-2:')).toEqual([uids[1], uids[2]])
  expect(catalog.findAll('-3:-1')).toEqual([uids[0], uids[1]])
  expect(() => catalog.findAll('8,zzzzz')).toThrow(expect.objectContaining({ code: 'STORE_QUERY' }))
})

test('a catalog that is not there yet is empty, and is read as soon as it is', () => {
  const { writer, path } = newCatalog()
  const early = openCatalog(`${path}.later`)
  expect(early.list()).toMatchObject({ runs: [], total: 0 })
  expect(early.find('-1')).toEqual({ kind: 'none' })
  expect(early.documents('x')).toEqual([])
  early.close()
  writer.close()
  const reader = openCatalog(path)
  expect(reader.list().total).toBe(0)
  reader.close()
  expect(() => reader.list()).toThrow(expect.objectContaining({ code: 'STORE_CLOSED' }))
})

test('a reader cannot archive or remove', () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(1)
  writer.apply(encode(run.documents))
  expect(() => catalog.archive(run.uid, true)).toThrow(expect.objectContaining({ code: 'STORE_READ_ONLY' }))
  expect(() => catalog.remove(run.uid)).toThrow(expect.objectContaining({ code: 'STORE_READ_ONLY' }))
})

test('an open run is not removed', () => {
  const { path } = threeRuns()
  const editor = openCatalog(path, { readOnly: false })
  expect(() => editor.remove(String(uids[0]))).toThrow(expect.objectContaining({ code: 'STORE_QUERY' }))
  expect(() => editor.remove('nope')).toThrow(expect.objectContaining({ code: 'STORE_RUN_UNKNOWN' }))
  editor.close()
})
