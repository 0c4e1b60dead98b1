/** Every way in which a manager can be there and not answer ends with another manager, or with the end of the watch. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StartMessage } from '../../src/compat/re-manager-messages.ts'
import { watchManager, type WatchOptions } from '../../src/compat/watch-manager.ts'

const program = fileURLToPath(new URL('../programs/fake-re-manager.mjs', import.meta.url))
// The fake reads nothing of it.
const message = { kind: 'start', restarted: false, workerPid: null } as unknown as StartMessage

let dir: TempDir
let lines: string[]

beforeEach(() => {
  dir = tempDir()
  lines = []
})

afterEach(async () => {
  await dir.close()
})

async function watch(behaviours: readonly string[], limits: WatchOptions = {}): Promise<number> {
  const command = [process.execPath, program, join(dir.path, 'starts'), ...behaviours]
  const log = (level: string, text: string): void => void lines.push(`${level} ${text}`)
  const listeners = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map(
    (signal) => [signal, process.listeners(signal)] as const,
  )
  try {
    return await watchManager(message, log, { command, silenceMs: 60_000, startMs: 60_000, ...limits })
  } finally {
    for (const [signal, before] of listeners) {
      process.removeAllListeners(signal)
      for (const listener of before) process.on(signal, listener)
    }
  }
}

function starts(): readonly Readonly<Record<string, unknown>>[] {
  const text = readFileSync(join(dir.path, 'starts'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a manager that falls silent is killed, told with where it is, and followed by another that hears of its worker', async () => {
  expect(await watch(['falls silent', 'stops'], { silenceMs: 400 })).toBe(0)
  expect(lines.join('\n')).toContain('Timeout detected by Watchdog')
  if (existsSync('/proc/self/syscall'))
    expect(lines[0]).toMatch(/\(process \d+: .*(in system call|computing).*\)/)
  expect(starts()).toMatchObject([
    { restarted: false, workerPid: null },
    { restarted: true, workerPid: 4_000_000 },
  ])
})

test('a manager that follows another and does not get ready is killed and followed by another', async () => {
  expect(await watch(['dies', 'never gets ready', 'stops'], { startMs: 3_000 })).toBe(0)
  expect(lines.join('\n')).toContain('The manager does not get ready')
  expect(starts()).toHaveLength(3)
}, 20_000)

test('a manager that cannot start where there was one before is tried again until it can', async () => {
  expect(await watch(['dies', 'fails', 'fails', 'stops'])).toBe(0)
  expect(lines.filter((line) => line.includes('the address is taken Free it.'))).toHaveLength(2)
}, 20_000)

test('a manager that cannot start the first time is not tried again', async () => {
  expect(await watch(['fails', 'stops'])).toBe(1)
  expect(starts()).toHaveLength(1)
})

test('a manager that was stopped and does not end is killed', async () => {
  expect(await watch(['does not stop'], { stopMs: 300 })).toBe(1)
  expect(lines.join('\n')).toContain('does not end and is killed')
})

test('a program that cannot be started ends the watch', async () => {
  expect(await watch([], { command: [join(dir.path, 'nothing')] })).toBe(1)
  expect(lines[0]).toContain('Cannot start the manager')
})
