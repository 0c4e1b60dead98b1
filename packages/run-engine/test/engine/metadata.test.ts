import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Msg, count, fileMetadata, type RunEngineOptions } from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})
function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'run-engine-'))
  folders.push(folder)
  return join(folder, 'state', 'metadata.json')
}

test('metadata of the call wins over that of the plan, the computed and the persistent', async () => {
  const r = recordingEngine()
  Object.assign(r.RE.md, { a: 'persistent', b: 'persistent', c: 'persistent', plan_name: 'persistent' })
  await r.RE.run(count([r.hw.det], 1, 0, { md: { a: 'plan', b: 'plan' } }), null, { a: 'call' })
  expect(r.starts()[0]).toMatchObject({ a: 'call', b: 'plan', c: 'persistent', plan_name: 'count' })
})

test('start documents say which engine made them', async () => {
  const r = recordingEngine()
  await r.RE.run(count([r.hw.det]))
  expect(r.starts()[0]).toHaveProperty('versions.beamtime')
  expect(r.starts()[0]).toHaveProperty('versions.event_model', '1.24.0')
})

test('scan_id counts on from where the file left off', async () => {
  const path = temporaryFile()
  const first = recordingEngine({ metadata: fileMetadata(path) })
  await first.RE.run([Msg('open_run'), Msg('close_run'), Msg('open_run'), Msg('close_run')])
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ scan_id: 2 })
  const second = recordingEngine({ metadata: fileMetadata(path) })
  await second.RE.run(count([second.hw.det]))
  expect(second.starts()[0]?.scan_id).toBe(3)
})

test('a metadata file that is not an object is refused with the remedy', () => {
  const path = temporaryFile().replace('/state/', '/')
  for (const text of ['', '[]', '{', '"text"']) {
    writeFileSync(path, text)
    expect(() => fileMetadata(path)).toThrow('RUN_METADATA_REFUSED')
  }
})

test('a refused run uses up a scan_id and opens nothing', async () => {
  const r = recordingEngine()
  const failure = await failureOf(r.RE.run(count([r.hw.det], 1, 0, { md: { sample: 5 } })))
  expect(failure).toMatchObject({ code: 'RUN_METADATA_REFUSED' })
  expect(r.documents).toEqual([])
  expect(r.RE.md['scan_id']).toBe(1)
})

test('uid and time may not come from metadata', async () => {
  const r = recordingEngine()
  expect((await failureOf(r.RE.run([Msg('open_run', null, { kwargs: { uid: 'mine' } })]))).message).toContain(
    'uid',
  )
})

test('source of scan_id, validator and normaliser can be replaced', async () => {
  const options: RunEngineOptions = {
    scanIdSource: async () => 1234,
    metadataNormalizer: (md) => ({ ...md, normalised: true }),
    metadataValidator: (md) => {
      if (md['operator'] === undefined) throw new Error('who are you?')
    },
  }
  const r = recordingEngine(options)
  await r.RE.run(count([r.hw.det]), null, { operator: 'mara' })
  expect(r.starts()[0]).toMatchObject({ scan_id: 1234, normalised: true })
  expect((await failureOf(r.RE.run(count([r.hw.det])))).message).toBe('who are you?')
})

test('changing metadata later does not change the start document', async () => {
  const r = recordingEngine()
  const md = { nested: { value: 1 } }
  await r.RE.run(count([r.hw.det], 1, 0, { md }))
  md.nested.value = 2
  expect(r.starts()[0]).toHaveProperty('nested.value', 1)
})
