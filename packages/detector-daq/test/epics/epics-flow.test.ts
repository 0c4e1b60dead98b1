import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCaContext, epicsTimeOfUnixMs } from '@beamtime/channel-access'
import { startTestIoc, type TestIoc } from '@beamtime/channel-access/testing'
import { createHdf5Reader } from '@beamtime/hdf5'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { afterEach, expect, test } from 'vitest'
import { epicsBufferConfig } from '../../src/epics/buffer-config.ts'
import { startEpicsBuffer, type EpicsBuffer } from '../../src/epics/epics-buffer.ts'
import { analyseEpicsFile, EpicsValidator } from '../../src/epics/epics-validator.ts'
import { epicsWriteRequest, writeEpicsFile } from '../../src/epics/epics-writer.ts'
import type { EntryStore, StoredEntry } from '../../src/epics/entry-store.ts'
import { openSqliteEntryStore } from '../../src/epics/sqlite-entry-store.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

function folder(): string {
  const made = tempDir()
  closers.push(() => made.close())
  return made.path
}

function storeIn(path: string, limits: { entriesPerPv?: number } = {}): EntryStore {
  const store = openSqliteEntryStore({ path: join(path, 'state', 'buffer.sqlite'), ...limits })
  closers.push(() => store.close())
  return store
}

const names = { pulse: 'ioc:pulse_id', double: 'ioc:pv_1', text: 'ioc:pv_2', wave: 'ioc:pv_3' }

async function ioc(): Promise<TestIoc> {
  const time = (): ReturnType<typeof epicsTimeOfUnixMs> => epicsTimeOfUnixMs(Date.now())
  const made = await startTestIoc({
    [names.pulse]: { type: 'double', value: 0, time: time() },
    [names.double]: { type: 'double', value: 1.5, time: time() },
    [names.text]: { type: 'string', value: 'String test', time: time() },
    [names.wave]: { type: 'double', value: Float64Array.of(1, 2, 3), time: time() },
  })
  closers.push(() => made.close())
  return made
}

function buffering(server: TestIoc, store: EntryStore): EpicsBuffer {
  const context = createCaContext({ addrList: [server.udpAddress], autoAddrList: false, repeater: false })
  closers.push(() => context.close())
  const config = epicsBufferConfig({
    pulse_id_pv: names.pulse,
    pv_list: [names.double, names.text, names.wave, 'ioc:missing'],
  })
  const buffer = startEpicsBuffer({
    name: 'lab.buffer',
    config,
    context,
    store,
    log: silentLogger,
    onStatistics: () => undefined,
  })
  closers.push(() => buffer.close())
  return buffer
}

async function all(store: EntryStore, pv: string): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = []
  for await (const page of store.entriesAround(pv, { fromMs: 0, toMs: 4e12 })) entries.push(...page)
  return entries
}

function post(server: TestIoc, name: string, value: number): void {
  const pv = server.server.pvs.get(name)
  if (pv !== undefined) pv.time = epicsTimeOfUnixMs(Date.now())
  server.post(name, value)
}

test('a PV begins as disconnected, then each change is kept, and a loss once', async () => {
  const server = await ioc()
  const store = storeIn(folder())
  buffering(server, store)
  await waitFor(async () => (await all(store, names.double)).length === 2)
  post(server, names.double, 2.5)
  await waitFor(async () => (await all(store, names.double)).length === 3)
  const entries = await all(store, names.double)
  expect(entries.map(({ entry }) => entry.connected)).toEqual(['0', '1', '1'])
  expect(entries.at(-1)?.entry.value.readDoubleLE()).toBe(2.5)
  await waitFor(async () => (await all(store, names.text)).length === 2)
  expect((await all(store, names.text)).at(-1)?.entry.value.toString()).toBe('String test')
  expect((await all(store, 'ioc:missing')).map(({ entry }) => entry.connected)).toEqual(['0'])
  server.disconnectAll()
  await waitFor(async () => (await all(store, names.double)).length >= 5, { timeoutMs: 15_000 })
  expect((await all(store, names.double)).map(({ entry }) => entry.connected)).toEqual([
    '0',
    '1',
    '1',
    '0',
    '1',
  ])
})

test('what was buffered for a range of pulses is written and analysed', { timeout: 30_000 }, async () => {
  const server = await ioc()
  const path = folder()
  const store = storeIn(path)
  buffering(server, store)
  for (let pulse = 1; pulse <= 30; pulse += 1) {
    post(server, names.pulse, pulse)
    post(server, names.double, pulse * 10)
    await waitFor(async () => (await store.newestPulse())?.pulseId === pulse)
  }
  await waitFor(async () => (await all(store, names.wave)).length === 2)
  const output = join(path, 'test.h5')
  const body = {
    start_pulse_id: 10,
    stop_pulse_id: 20,
    channels: [...Object.values(names).slice(1), 'ioc:missing'],
    output_file: output,
    metadata: { 'general/user': '17502', name: 'roberto' },
  }
  await writeEpicsFile(store, epicsWriteRequest(body), new AbortController().signal)
  const reader = createHdf5Reader()
  closers.push(() => reader.close())
  const paths = await reader.paths(output)
  expect(paths).toContain('/ioc:pv_1/value')
  expect(paths).toContain('/data/ioc:pv_3/data')
  expect(paths).toContain('/ioc:missing')
  const doubles = await reader.read(output, '/data/ioc:pv_1/data')
  expect(doubles).toMatchObject({ kind: 'numbers', shape: [expect.any(Number), 1] })
  const values = doubles.kind === 'numbers' ? Array.from(doubles.data as Iterable<number>, Number) : []
  expect(values).toEqual(expect.arrayContaining([110, 150, 190]))
  expect(values).not.toContain(300)
  const status = await reader.entity(output, '/data/ioc:pv_1/status')
  expect(status).toMatchObject({ kind: 'dataset', shape: [expect.any(Number), 1] })
  const linked = await reader.read(output, '/ioc:pv_1/value')
  expect(linked).toEqual(doubles)
  const user = await reader.read(output, '/general/user')
  expect(JSON.stringify(user)).toContain('17502')
  const lines = await analyseEpicsFile(epicsWriteRequest(body))
  expect(lines[0]).toMatch(/^\[ioc:pv_1\] Point count \d+ \(\d+\[\d+\)\d+\)$/)
  expect(lines[3]).toBe('[ioc:missing] Missing pulse_id mapping')
})

test('a request that makes no sense, that is too far away or that is killed leaves no file', async () => {
  const path = folder()
  const store = storeIn(path)
  const output = join(path, 'none.h5')
  const body = { start_pulse_id: 10, stop_pulse_id: 20, channels: ['a'], output_file: output }
  const write = (changes: object, signal = new AbortController().signal): Promise<void> =>
    Promise.resolve().then(() => writeEpicsFile(store, epicsWriteRequest({ ...body, ...changes }), signal))
  await expect(write({ channels: undefined })).rejects.toThrow(
    'Invalid request from broker. Missing required fields.',
  )
  await expect(write({ output_file: '../x.h5' })).rejects.toThrow(/output_file/)
  await expect(write({ channels: [1] })).rejects.toThrow(/channels/)
  await expect(write({ stop_pulse_id: 1 })).rejects.toThrow(/no range/)
  await expect(write({})).rejects.toThrow('Cannot map 10 to timestamp.')
  const at = BigInt(Date.now()) * 1_000_000n
  await store.addPulse({ pulseId: 5, bufferNs: at, epicsUs: 5 })
  await store.addPulse({ pulseId: 2_000, bufferNs: at + 1_000_000n, epicsUs: 6 })
  await expect(write({})).rejects.toThrow('Received pulse_id 2000 too far away from requested pulse_id 20.')
  await expect(write({ stop_pulse_id: 1_500 }, AbortSignal.abort())).rejects.toThrow(
    'User requested interruption.',
  )
  expect(existsSync(output)).toBe(false)
})

test('a store keeps its limit of entries and refuses pulses that do not increase', async () => {
  const store = storeIn(folder(), { entriesPerPv: 100 })
  for (let n = 0; n < 500; n += 1)
    await store.addEntry('pv', {
      id: String(n),
      type: 'u1',
      shape: Buffer.of(1, 0, 0, 0),
      value: Buffer.of(n & 255),
      status: 'NO_ALARM',
      connected: '1',
    })
  const kept = await all(store, 'pv')
  expect(kept.length).toBeLessThanOrEqual(102)
  expect(kept.at(-1)?.entry.id).toBe('499')
  const pulse = { pulseId: 7, bufferNs: 1n, epicsUs: 1 }
  expect(await store.addPulse(pulse)).toBe('stored')
  expect(await store.addPulse(pulse)).toBe('stale')
})

test('the validator writes the run log of its primary only', async () => {
  const path = folder()
  const runLog = join(path, 'run.log')
  const validator = new EpicsValidator({ primary: 'lab.writer', log: silentLogger })
  const request = {
    run_log_file: runLog,
    output_file: join(path, 'no.h5'),
    channels: ['a'],
    start_pulse_id: 1,
    stop_pulse_id: 2,
  }
  const status = { kind: 'status' as const, id: 'r1', request, source: 'lab.writer', message: null }
  validator.hear({ ...status, source: 'somebody', action: 'request_start' })
  validator.hear({ ...status, action: 'request_start' })
  validator.hear({ ...status, action: 'request_success' })
  validator.hear({ ...status, id: 'r2', action: 'request_fail', message: 'no beam' })
  await validator.close()
  const text = readFileSync(runLog, 'utf8')
  expect(text).toMatch(/^\[lab\.writer\] Processing of r1 started in service lab\.writer\./)
  expect(text).toMatch(
    /Request r1 completed in [\d.]+ seconds\.\n\[lab\.writer\] Output file analysis:\n.*Could not process output file/,
  )
  expect(text).toMatch(/Request r2 failed\. Error:\n\[lab\.writer\] no beam\n/)
  expect(text).not.toContain('somebody')
})
