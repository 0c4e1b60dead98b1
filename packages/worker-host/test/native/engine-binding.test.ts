import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NamedDocument } from '@beamtime/event-model'
import {
  RunEngine,
  checkpoint,
  count,
  createSimulatedDevices,
  openRun,
  closeRun,
  type Plan,
} from '@beamtime/run-engine'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adoptRunEngine, createRunEngine, type EngineSettings } from '../../src/native/engine-binding.ts'

let folder: TempDir
let documents: NamedDocument[]
let lines: string[]
let admit: () => Promise<void> | null

beforeEach(() => {
  folder = tempDir()
  documents = []
  lines = []
  admit = () => null
})

afterEach(() => folder.close())

function settings(extra: Partial<EngineSettings> = {}): EngineSettings {
  return {
    queue: 'main',
    dataDir: folder.path,
    facilityMetadata: { facility: 'Example', sample: 'default' },
    initialMetadata: { first: true },
    recordInterruptions: false,
    events: {
      document: (document) => void documents.push(document),
      admit: () => admit(),
      stateChanged: () => undefined,
      paused: () => undefined,
      ended: () => undefined,
      listsChanged: () => undefined,
      devices: () => undefined,
      input: () => undefined,
      notice: (line) => void lines.push(line),
      publishedElsewhere: () => undefined,
      gone: () => undefined,
    },
    ...extra,
  }
}

const { det } = createSimulatedDevices()
const startDocument = (): Record<string, unknown> => ({
  ...documents.find(([name]) => name === 'start')?.[1],
})
const stored = (): unknown =>
  JSON.parse(readFileSync(join(folder.path, 'state', 'run-metadata-main.json'), 'utf8'))

test('facility metadata is below everything and is not stored; the scan number is, before the start document', async () => {
  const engine = createRunEngine(settings())
  engine.md['sample'] = 'gold'
  await engine.run(count([det]))
  expect(startDocument()).toMatchObject({ facility: 'Example', sample: 'gold', scan_id: 1, first: true })
  expect(stored()).toMatchObject({ first: true, sample: 'gold', scan_id: 1 })
  expect(stored()).not.toHaveProperty('facility')
  expect(createRunEngine(settings()).md).toMatchObject({ scan_id: 1 })
})

test('an engine that startup code made gets the same treatment', async () => {
  const engine = adoptRunEngine(new RunEngine(), settings())
  await engine.run(count([det], 1, 0, { md: { sample: 'of the plan' } }))
  expect(startDocument()).toMatchObject({ facility: 'Example', sample: 'of the plan', scan_id: 1 })
  expect(stored()).toMatchObject({ scan_id: 1 })
  const next = adoptRunEngine(new RunEngine(), settings())
  expect(next.md).toMatchObject({ scan_id: 1, first: true })
})

test('a plan waits at its next checkpoint while documents are not admitted, and repeats nothing', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const engine = createRunEngine(settings())
  const reached: string[] = []
  function* plan(): Plan<void> {
    yield* openRun({})
    reached.push('before')
    admit = () => held
    yield* checkpoint()
    reached.push('after')
    yield* closeRun()
  }
  const running = engine.run(plan())
  await new Promise((resolve) => setImmediate(resolve))
  expect(reached).toEqual(['before'])
  admit = () => null
  release()
  await running
  expect(reached).toEqual(['before', 'after'])
})

test('a refusal at the checkpoint fails the plan, which closes its run', async () => {
  const engine = createRunEngine(settings())
  admit = () => Promise.reject(new Error('no bus'))
  await expect(engine.run(count([det], 3))).rejects.toThrow('no bus')
  expect(documents.at(-1)).toMatchObject([
    'stop',
    { exit_status: 'fail', reason: expect.stringContaining('no bus') as string },
  ])
})

test('a document that the sink does not take fails the plan', async () => {
  const base = settings()
  const events = {
    ...base.events,
    document(document: NamedDocument) {
      if (document[0] === 'event') throw new Error('disk full')
      documents.push(document)
    },
  }
  const engine = createRunEngine({ ...base, events })
  await expect(engine.run(count([det]))).rejects.toThrow('disk full')
  expect(documents.at(-1)).toMatchObject(['stop', { exit_status: 'fail' }])
})

test('runs are printed as tables', async () => {
  await createRunEngine(settings()).run(count([det], 2))
  expect(lines.some((line) => line.includes('seq_num'))).toBe(true)
  expect(lines.at(-1)).toMatch(/^generator count \['\w{8}'\] \(scan num: 1\)$/)
})
