// Starts the whole demo platform on free ports with a data folder of its own, and stops it without a trace.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')
const node = join(root, 'node_modules', 'node', 'bin', 'node')
const launcher = join(root, 'bin', 'beamtime.mjs')

export interface ServiceStatus {
  readonly role: string
  readonly state: string
  readonly pid: number | null
  readonly restarts: number
}

export interface PlatformStatus {
  readonly url: string
  readonly key_file: string
  readonly services: readonly ServiceStatus[]
}

export interface Output {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Waits until a check gives a value other than undefined or false; fails with the last error. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const value = await check()
      if (value !== undefined && value !== false) return value
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last })
}

export class Platform {
  readonly folder: string
  readonly data: string
  readonly config: string
  readonly kafka: string
  readonly url: string
  private child: ChildProcess | undefined
  private printed = ''

  private constructor(folder: string, ports: readonly number[], extra: string) {
    const [http = 0, kafka = 0, control = 0, info = 0] = ports
    this.folder = folder
    this.data = join(folder, 'data')
    this.config = join(folder, 'beamtime.toml')
    this.kafka = `127.0.0.1:${kafka}`
    this.url = `http://127.0.0.1:${http}`
    writeFileSync(
      this.config,
      [
        `[broker]\nlisten = "${this.kafka}"`,
        '[registry]\nlisten = ""',
        `[queue.main]\ncontrol = "tcp://127.0.0.1:${control}"\ninfo = "tcp://127.0.0.1:${info}"\nopen_environment_on_start = true`,
        `[http]\nlisten = "127.0.0.1:${http}"`,
        extra,
      ].join('\n\n'),
    )
  }

  static async start(extra = ''): Promise<Platform> {
    const folder = mkdtempSync(join(tmpdir(), 'beamtime-test-'))
    const platform = new Platform(folder, await freePorts(4), extra)
    await platform.up()
    return platform
  }

  async up(): Promise<void> {
    const child = spawn(node, [launcher, 'up', '--config', this.config, '--data', this.data], {
      cwd: this.folder,
    })
    this.child = child
    const keep = (chunk: Buffer): void => {
      this.printed = (this.printed + chunk.toString()).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    await until(
      'every service is up',
      async () => {
        if (child.exitCode !== null)
          throw new Error(`beamtime up ended with ${child.exitCode}:\n${this.printed}`)
        const status = await this.status()
        return status.services.length >= 4 && status.services.every((service) => service.state === 'up')
      },
      30_000,
    ).catch((error: unknown) => {
      throw new Error(`the platform did not start:\n${this.printed}`, { cause: error })
    })
  }

  beamtime(...args: readonly string[]): Promise<Output> {
    return new Promise((resolve) => {
      const child = spawn(node, [launcher, ...args, '--config', this.config, '--data', this.data], {
        cwd: this.folder,
      })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    const output = await this.beamtime(...args, '--json')
    if (output.code !== 0)
      throw new Error(`beamtime ${args.join(' ')}: exit ${output.code}\n${output.stdout}${output.stderr}`)
    return JSON.parse(output.stdout) as T
  }

  status(): Promise<PlatformStatus> {
    return this.json<PlatformStatus>('status')
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('not started')
    return this.child.pid
  }

  /** Ctrl-C; resolves with how long it took. */
  async stop(): Promise<{ milliseconds: number; code: number | null }> {
    const child = this.child
    if (child === undefined || child.exitCode !== null)
      return { milliseconds: 0, code: child?.exitCode ?? null }
    const started = performance.now()
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    const code = await ended
    return { milliseconds: performance.now() - started, code }
  }

  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Calls the HTTP API with the single-user key. */
export async function api(platform: Platform, path: string, body?: object): Promise<Record<string, unknown>> {
  const status = await platform.status()
  const key = readFileSync(status.key_file, 'utf8').trim()
  const response = await fetch(`${platform.url}/api${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** Waits until the manager is idle with an open environment. */
export function idle(platform: Platform, timeoutMs = 30_000): Promise<Record<string, unknown>> {
  return until(
    'the manager is idle with an open environment',
    async () => {
      const status = await api(platform, '/status')
      return status['manager_state'] === 'idle' && status['worker_environment_exists'] === true
        ? status
        : undefined
    },
    timeoutMs,
  )
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
