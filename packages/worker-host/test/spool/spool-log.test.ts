import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import fc from 'fast-check'
import { createSpoolLog, type SpoolLog, type SpoolLogOptions } from '../../src/spool/spool-log.ts'
import { recoverSpoolLog } from '../../src/spool/spool-recovery.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'spool-'))
  folders.push(made)
  return made
}

function options(dir: string, extra: Partial<SpoolLogOptions> = {}): SpoolLogOptions {
  return { dir, key: 'a-key', openRuns: () => [], ...extra }
}

const bytes = (text: string): Uint8Array => Buffer.from(text)

function drain(log: SpoolLog, maxRecords = 10): string[] {
  const texts: string[] = []
  for (let batch = log.next(maxRecords, 1000); batch !== null; batch = log.next(maxRecords, 1000)) {
    texts.push(...batch.payloads.map((payload) => Buffer.from(payload).toString()))
    log.acknowledge(batch)
  }
  return texts
}

test('records come out once, in the order in which they were appended', () => {
  const log = createSpoolLog(options(folder()))
  for (let n = 0; n < 25; n += 1) log.append(bytes(`record ${n}`))
  expect(log.pendingRecords).toBe(25)
  expect(drain(log)).toEqual(Array.from({ length: 25 }, (_, n) => `record ${n}`))
  expect(log.pendingRecords).toBe(0)
  expect(log.pendingBytes).toBe(0)
  log.close()
})

test('what does not fit in memory is read back from disk in order', () => {
  const log = createSpoolLog(options(folder(), { memoryBytes: 50, segmentBytes: 120 }))
  for (let n = 0; n < 40; n += 1) log.append(bytes(`record ${n}`))
  const first = log.next(3, 1000)
  log.append(bytes('record 40'))
  if (first === null) throw new Error('nothing pending')
  log.acknowledge(first)
  const rest = drain(log)
  log.append(bytes('record 41'))
  expect([...first.payloads.map(String), ...rest, ...drain(log)]).toHaveLength(42)
  expect(rest).toEqual(Array.from({ length: 38 }, (_, n) => `record ${n + 3}`))
  log.close()
})

test('a large record is written whole', () => {
  const dir = folder()
  const log = createSpoolLog(options(dir, { memoryBytes: 0 }))
  const large = Buffer.alloc(3_000_000, 7)
  log.append(large)
  expect(log.next(1, 1)?.payloads[0]?.byteLength).toBe(3_000_000)
  log.close()
})

test('segments whose records are acknowledged are removed', () => {
  const dir = folder()
  const log = createSpoolLog(options(dir, { segmentBytes: 100 }))
  for (let n = 0; n < 40; n += 1) log.append(bytes(`record ${n}`))
  const before = readdirSync(dir).length
  drain(log)
  expect(readdirSync(dir).length).toBeLessThan(before)
  expect(readdirSync(dir).filter((name) => name.endsWith('.spool'))).toHaveLength(1)
  log.close()
})

test('a log that is closed with nothing pending leaves no folder', () => {
  const dir = join(folder(), 'one')
  const log = createSpoolLog(options(dir))
  log.append(bytes('x'))
  drain(log)
  log.close()
  expect(existsSync(dir)).toBe(false)
})

test('a dead process leaves exactly the records that were not acknowledged', () => {
  const dir = folder()
  const dead = createSpoolLog(options(dir, { segmentBytes: 100 }))
  for (let n = 0; n < 30; n += 1) dead.append(bytes(`record ${n}`))
  for (let n = 0; n < 3; n += 1) {
    const batch = dead.next(4, 1000)
    if (batch !== null) dead.acknowledge(batch)
  }
  const left = 30 - dead.pendingRecords
  // No close: the process was killed.
  const { log } = recoverSpoolLog(options(dir))
  expect(log.pendingRecords).toBe(30 - left)
  expect(drain(log)).toEqual(Array.from({ length: 30 - left }, (_, n) => `record ${n + left}`))
  log.close()
})

test('recovery takes new records behind the old ones, under the new key', () => {
  const dir = folder()
  const dead = createSpoolLog(options(dir, { key: 'old' }))
  dead.append(bytes('old record'))
  const { log } = recoverSpoolLog(options(dir, { key: 'new' }))
  log.append(bytes('new record'))
  expect(log.next(10, 1000)).toMatchObject({ key: 'old', payloads: [bytes('old record')] })
  expect(log.next(10, 1000)).toMatchObject({ key: 'new', payloads: [bytes('new record')] })
  log.close()
})

test('a torn record at the end is cut and counted, whatever its length', () => {
  const dir = folder()
  const dead = createSpoolLog(options(dir))
  dead.append(bytes('whole'))
  const file = join(dir, readdirSync(dir).find((name) => name.endsWith('.spool')) ?? '')
  const whole = readFileSync(file)
  dead.append(bytes('torn by a crash'))
  const full = readFileSync(file)
  for (let length = whole.byteLength + 1; length < full.byteLength; length += 1) {
    writeFileSync(file, full.subarray(0, length))
    const { log, cutBytes } = recoverSpoolLog(options(dir))
    expect(cutBytes).toBe(length - whole.byteLength)
    expect(log.pendingRecords).toBe(1)
  }
})

test('recovery of damaged files never throws and never invents a record', () => {
  const texts = Array.from({ length: 12 }, (_, n) => `record number ${n}`)
  fc.assert(
    fc.property(fc.nat(), fc.nat(255), fc.uint8Array({ maxLength: 40 }), (at, value, tail) => {
      const dir = folder()
      const dead = createSpoolLog(options(dir, { segmentBytes: 150 }))
      for (const text of texts) dead.append(bytes(text))
      const names = readdirSync(dir).filter((name) => name.endsWith('.spool'))
      const file = join(dir, names[at % names.length] ?? '')
      const content = readFileSync(file)
      content[at % content.byteLength] = value
      writeFileSync(file, content)
      appendFileSync(file, tail)
      const { log } = recoverSpoolLog(options(dir))
      const found = drain(log)
      expect(texts).toEqual(expect.arrayContaining(found))
      expect(found).toEqual(found.toSorted((a, b) => texts.indexOf(a) - texts.indexOf(b)))
      expect(log.pendingRecords).toBe(0)
      log.close()
      expect(existsSync(dir)).toBe(false)
      rmSync(dir, { recursive: true, force: true })
    }),
    { numRuns: 150 },
  )
})

test('a damaged acknowledgement means that everything is sent again', () => {
  const dir = folder()
  const dead = createSpoolLog(options(dir))
  dead.append(bytes('one'))
  const batch = dead.next(1, 1)
  if (batch !== null) dead.acknowledge(batch)
  writeFileSync(join(dir, 'acknowledged'), 'nonsense')
  const { log } = recoverSpoolLog(options(dir))
  expect(drain(log)).toEqual(['one'])
  log.close()
})
