import { fileURLToPath } from 'node:url'
import type { NamedDocument } from '@beamtime/event-model'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPythonEngine } from '../../src/python-engine/python-engine.ts'
import type { EngineEvents, PlanOutcome, WorkerEngine } from '../../src/worker-engine.ts'

const fakeBridge = fileURLToPath(new URL('fake-bridge.ts', import.meta.url))

let folder: TempDir
let engine: WorkerEngine
let seen: {
  printed: string
  documents: (readonly [NamedDocument, Uint8Array | undefined])[]
  ended: PlanOutcome[]
  gone: string[]
}
let refuse: string | null
let admission: Promise<void> | null

beforeEach(() => {
  folder = tempDir()
  seen = { printed: '', documents: [], ended: [], gone: [] }
  refuse = null
  admission = null
})

afterEach(async () => {
  await engine.close()
  await folder.close()
})

function make(python: string | readonly string[]): WorkerEngine {
  const events: EngineEvents = {
    document(document, encoded) {
      if (refuse !== null) throw new Error(refuse)
      seen.documents.push([document, encoded])
    },
    admit: () => admission,
    stateChanged: () => undefined,
    paused: () => undefined,
    ended: (outcome) => seen.ended.push(outcome),
    listsChanged: () => undefined,
    devices: () => undefined,
    input: () => undefined,
    notice: () => undefined,
    publishedElsewhere: () => undefined,
    gone: (reason) => seen.gone.push(reason),
  }
  engine = createPythonEngine({
    python,
    cwd: folder.path,
    runtimeDir: folder.path,
    startup: { kind: 'demo' },
    topic: 'documents',
    zmqProxy: '',
    deviceMaxDepth: 0,
    ignoreInvalidPlans: false,
    facilityMetadata: {},
    recordInterruptions: false,
    logLevel: 'info',
    log: silentLogger,
    print: (text) => {
      seen.printed += text
    },
    events,
  })
  return engine
}

const fake = (mode: string): readonly string[] => [process.execPath, ...process.execArgv, fakeBridge, mode]
const startPlan = (): Promise<void> => engine.startPlan({ name: 'count', item_uid: 'item' }, {})

test('lists and state are those that the bridge found', async () => {
  await make(fake('plain')).open()
  expect(engine.reState).toBe('idle')
  expect(Object.keys(engine.lists.existing_plans)).toEqual(['count'])
  expect(engine.lists.lists_uid).not.toBe('')
})

test('documents go on with the bytes that Python wrote', async () => {
  await make(fake('plain')).open()
  await startPlan()
  await waitFor(() => seen.ended.length === 1)
  expect(seen.ended).toEqual([{ state: 'completed', error: '', traceback: '' }])
  const [document, encoded] = seen.documents[0] ?? []
  expect(document).toEqual(['start', { uid: 'run-1', time: 1, energy: 7 }])
  expect(encoded?.byteLength).toBeGreaterThan(20)
  expect(seen.printed).toBe('status 0\n')
})

test('a document that is not taken fails the plan with the reason', async () => {
  await make(fake('plain')).open()
  refuse = 'the spool is full'
  await startPlan()
  await waitFor(() => seen.ended.length === 1)
  expect(seen.ended[0]).toMatchObject({ state: 'failed', error: 'the spool is full' })
})

test('a plan waits behind a document while the sink wants it to', async () => {
  await make(fake('plain')).open()
  let release: () => void = () => undefined
  admission = new Promise((resolve) => {
    release = resolve
  })
  await startPlan()
  await waitFor(() => seen.printed === 'status 1\n')
  expect(seen.ended).toEqual([])
  admission = null
  release()
  await waitFor(() => seen.ended.length === 1)
  expect(seen.ended[0]).toMatchObject({ state: 'completed' })
})

test('a sink that fails plans does so at the next checkpoint', async () => {
  await make(fake('plain')).open()
  admission = Promise.reject(new Error('the bus takes nothing'))
  admission.catch(() => undefined)
  await startPlan()
  await waitFor(() => seen.ended.length === 1)
  expect(seen.ended[0]).toMatchObject({ state: 'failed', error: 'the bus takes nothing' })
})

test('a request that does not fit is rejected in the words of the bridge', async () => {
  await make(fake('plain')).open()
  await expect(engine.metadata()).rejects.toMatchObject({ code: 'WORKER_REJECTED', reason: 'no metadata' })
})

test('a process that dies during a plan is told at once', async () => {
  await make(fake('dies')).open()
  await startPlan()
  await waitFor(() => seen.gone.length === 1, { timeoutMs: 2_000 })
  expect(seen.gone[0]).toContain('SIGKILL')
  expect(engine.reState).toBeNull()
  await expect(engine.metadata()).rejects.toMatchObject({ code: 'WORKER_CONNECTION_CLOSED' })
})

test('a bridge that does not speak the protocol is cut off and ends', async () => {
  await make(fake('babbles')).open()
  await startPlan()
  await waitFor(() => seen.gone.length === 1, { timeoutMs: 5_000 })
  expect(seen.ended).toEqual([])
})

test.each([
  ['a startup file that fails', 'fails', 'Error in 00.py', 'NameError'],
  ['a Python without the packages', 'unusable', 'bluesky is missing', 'ImportError'],
  ['an interpreter that ends', 'exits', 'it ended with code 3', 'no such module'],
  ['startup code that ends the process', 'dies-while-loading', 'it ended with code 4', ''],
])('%s fails the start with text and traceback', async (_what, mode, msg, traceback) => {
  make(fake(mode))
  await expect(engine.open()).rejects.toMatchObject({
    code: 'WORKER_STARTUP_FAILED',
    reason: expect.stringContaining(msg) as string,
    traceback,
  })
  expect(seen.gone).toEqual([])
})

test('a command that is not there is named', async () => {
  make('/nowhere/python')
  await expect(engine.open()).rejects.toMatchObject({
    code: 'WORKER_STARTUP_FAILED',
    reason: expect.stringMatching(/\/nowhere\/python.*ENOENT/) as string,
  })
})

test('closing ends the process and says nothing of it', async () => {
  await make(fake('plain')).open()
  await engine.close()
  expect(seen.gone).toEqual([])
})
