import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSection, facilityConfig } from '@beamtime/service-kit'
import { freePort, tempDir, testContext } from '@beamtime/service-kit/testing'
import WebSocket from 'ws'
import { httpAuthConfig, httpConfig, startGateway } from '../src/index.ts'
import type { GatewayConfig } from '../src/index.ts'
import { startFakeManager } from './fake-manager.ts'
import type { FakeManager, FakeManagerOptions } from './fake-manager.ts'

export const testKey = 'APIKEYFORTESTS'

export interface Fixture {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly manager: FakeManager
  /** A request with the key unless headers say otherwise. */
  readonly get: (path: string, init?: RequestInit) => Promise<Response>
  readonly post: (path: string, body?: unknown, init?: RequestInit) => Promise<Response>
  readonly socket: (path: string, options?: SocketOptions) => Promise<TestSocket>
  close(): Promise<void>
}

export interface SocketOptions {
  readonly headers?: Record<string, string>
  readonly protocols?: string[]
}

export interface FixtureOptions {
  readonly manager?: FakeManagerOptions | null
  readonly http?: Record<string, unknown>
  readonly auth?: Record<string, unknown>
  readonly config?: Partial<GatewayConfig>
  readonly web?: boolean
}

const auth = { Authorization: `ApiKey ${testKey}` }

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const dir = tempDir()
  const manager = await startFakeManager(options.manager ?? {})
  const port = await freePort()
  const webRoot = options.web === true ? makeWebRoot(join(dir.path, 'web')) : ''
  const place = { key: 'http', variables: { '%D': dir.path }, environment: {} }
  const context = testContext({ dataDir: dir.path, role: 'http' })
  const config: GatewayConfig = {
    http: parseSection(httpConfig, { listen: `127.0.0.1:${port}`, ...options.http }, place),
    auth: parseSection(httpAuthConfig, { single_user_key: testKey, ...options.auth }, place),
    facility: parseSection(facilityConfig, { instrument_id: 'demo' }, place),
    queues: [{ name: 'main', control: manager.control, info: manager.info, encoding: 'json' }],
    bus: null,
    catalogs: [],
    services: [],
    webRoot,
    build: { version: '0.1.0', commit: 'test' },
    ...options.config,
  }
  const service = await startGateway(config, context)
  if (options.manager === null) await manager.close()
  const url = `http://127.0.0.1:${port}`
  const sockets = new Set<TestSocket>()
  const request = (path: string, init: RequestInit): Promise<Response> =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: (init.headers as HeadersInit | undefined) ?? auth,
    })
  return {
    url,
    port,
    dataDir: dir.path,
    manager,
    get: (path, init = {}) => request(path, init),
    post: (path, body, init = {}) =>
      request(path, {
        method: 'POST',
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...init,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...((init.headers as Record<string, string> | undefined) ?? auth),
        },
      }),
    async socket(path, socketOptions = {}) {
      const socket = await openSocket(`ws://127.0.0.1:${port}${path}`, {
        headers: socketOptions.headers ?? auth,
        protocols: socketOptions.protocols ?? [],
      })
      sockets.add(socket)
      return socket
    },
    async close() {
      for (const socket of sockets) socket.close()
      await service.close()
      await manager.close()
      await dir.close()
    },
  }
}

function makeWebRoot(path: string): string {
  mkdirSync(join(path, 'assets'), { recursive: true })
  writeFileSync(join(path, 'index.html'), '<!doctype html><title>app</title><script>theme()</script>')
  writeFileSync(join(path, 'assets', 'app-12345678.js'), 'export {}')
  writeFileSync(join(path, 'assets', 'app-12345678.js.br'), 'brotli')
  writeFileSync(join(path, 'assets', 'app-12345678.js.gz'), 'gzip')
  return path
}

export interface TestSocket {
  readonly messages: Record<string, unknown>[]
  readonly frames: Buffer[]
  readonly protocol: string
  send(message: unknown): void
  /** Waits for a message that fits. */
  next(fits: (message: Record<string, unknown>) => boolean, what?: string): Promise<Record<string, unknown>>
  readonly closed: Promise<number>
  close(): void
}

export function openSocket(
  url: string,
  options: { readonly headers: Record<string, string>; readonly protocols: string[] },
): Promise<TestSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options.protocols, { headers: options.headers })
    const messages: Record<string, unknown>[] = []
    const frames: Buffer[] = []
    const waiting = new Set<() => void>()
    const closed = new Promise<number>((done) => socket.once('close', (code) => done(code)))
    socket.on('message', (data, isBinary) => {
      if (isBinary) frames.push(data as Buffer)
      else messages.push(JSON.parse((data as Buffer).toString('utf8')) as Record<string, unknown>)
      for (const check of waiting) check()
    })
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`HTTP ${response.statusCode}`))
      socket.terminate()
    })
    socket.on('error', reject)
    socket.once('open', () =>
      resolve({
        messages,
        frames,
        get protocol() {
          return socket.protocol
        },
        send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
        next: (fits, what = 'a message') =>
          new Promise((found, failed) => {
            let from = 0
            const timer = setTimeout(
              () => failed(new Error(`waited for ${what}; got ${JSON.stringify(messages).slice(0, 2_000)}`)),
              5_000,
            )
            const check = (): void => {
              for (; from < messages.length; from += 1) {
                const message = messages[from]
                if (message === undefined || !fits(message)) continue
                clearTimeout(timer)
                waiting.delete(check)
                found(message)
                return
              }
            }
            waiting.add(check)
            check()
          }),
        closed,
        close: () => socket.terminate(),
      }),
    )
  })
}
