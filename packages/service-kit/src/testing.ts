import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLogger } from './logger.ts'
import { createServiceContext, type ServiceContext } from './service-context.ts'

export interface TempDir {
  readonly path: string
  close(): Promise<void>
}

/** A new folder under the temporary folder with a short name (Unix sockets fit); removed by `close`. */
export function tempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'bt-'))
  return {
    path,
    close: () => {
      rmSync(path, { recursive: true, force: true })
      return Promise.resolve()
    },
  }
}

export interface TestContext extends ServiceContext {
  /** Begins the shutdown that `signal` tells. */
  abort(): void
}

/** A context with silent log and real metrics and health, for tests of services in this process. */
export function testContext(options: { readonly dataDir: string; readonly role?: string }): TestContext {
  const controller = new AbortController()
  const context = createServiceContext({
    role: options.role ?? 'test',
    dataDir: options.dataDir,
    log: silentLogger,
    signal: controller.signal,
  })
  return { ...context, abort: () => controller.abort() }
}

/** A TCP port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Polls until the predicate holds and gives its value. Rejects after `timeoutMs` (default 5 000). */
export async function waitFor<T>(
  predicate: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly intervalMs?: number; readonly what?: string } = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 5_000, intervalMs = 10, what = 'the condition' } = options
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await predicate()
    if (value !== false && value !== null && value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await delay(intervalMs)
  }
}
