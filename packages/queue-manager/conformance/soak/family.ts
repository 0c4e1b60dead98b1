/** `start-re-manager` with its manager and worker: the processes that a soak starts, kills and starts again. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childrenOf, kill, processesOf } from './processes.ts'

export interface FamilyOptions {
  readonly folder: string
  /** Further options of start-re-manager. */
  readonly options: readonly string[]
  /** Whose plans: those of the demo, or those of the soak for one of the workers. Default: native. */
  readonly plans?: 'demo' | 'native' | 'python'
}

/** Free, and not among those that the system gives to outgoing connections: nobody takes it while a manager is away. */
async function steadyPort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = 20_000 + randomInt(10_000)
    if (await isFree(port)) return port
  }
  throw new Error('no free port between 20000 and 30000')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Budget of an orderly end: the worker has 4 s. */
const endMs = 15_000

const startupFolders = { native: './startup', python: './startup-python' } as const

function ownPlans(folder: string, plans: 'native' | 'python'): readonly string[] {
  return [
    `--startup-dir=${fileURLToPath(new URL(startupFolders[plans], import.meta.url))}`,
    `--existing-plans-devices=${folder}`,
    `--user-group-permissions=${folder}`,
  ]
}

export class Family {
  readonly control: string
  readonly info: string
  readonly folder: string
  readonly #options: readonly string[]
  #child: ChildProcess

  private constructor(
    ports: readonly [string, string],
    { folder, options, plans = 'native' }: FamilyOptions,
  ) {
    ;[this.control, this.info] = ports
    this.folder = folder
    this.#options = plans === 'demo' ? options : [...options, ...ownPlans(folder, plans)]
    this.#child = this.#start()
  }

  static async start(options: FamilyOptions): Promise<Family> {
    const port = async (): Promise<string> => `tcp://127.0.0.1:${await steadyPort()}`
    return new Family([await port(), await port()], options)
  }

  #start(): ChildProcess {
    const output = openSync(join(this.folder, 'output.log'), 'a')
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('../../../../bin/start-re-manager.mjs', import.meta.url)),
        `--zmq-control-addr=${this.control}`,
        `--zmq-info-addr=${this.info}`,
        '--zmq-publish-console=ON',
        `--data=${join(this.folder, 'data')}`,
        '--quiet',
        ...this.#options,
      ],
      {
        env: { ...process.env, SOAK_MARKS: this.marks },
        stdio: ['ignore', output, output],
      },
    )
    closeSync(output)
    return child
  }

  /** File in which each execution of a plan leaves its lines. */
  get marks(): string {
    return join(this.folder, 'marks')
  }

  get managerPid(): number | null {
    return childrenOf(this.#child.pid ?? -1)[0] ?? null
  }

  get workerPids(): readonly number[] {
    return processesOf(`SOAK_MARKS=${this.marks}`)
      .filter(({ command }) => /^beamtime worker|worker-host|run_worker\.py/.test(command))
      .map(({ pid }) => pid)
  }

  /** Everything that was started and lives. */
  get alive(): readonly { readonly pid: number; readonly command: string }[] {
    return processesOf(`SOAK_MARKS=${this.marks}`)
  }

  /** Exit code once the watching process has ended by itself. */
  get exitCode(): number | null {
    return this.#child.exitCode
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The end of what it wrote. */
  get lastWords(): string {
    return readFileSync(join(this.folder, 'output.log'), 'utf8').slice(-1_000)
  }

  killManager(): boolean {
    const pid = this.managerPid
    return pid !== null && kill(pid)
  }

  killWorker(): boolean {
    return this.workerPids.map(kill).includes(true)
  }

  /** SIGKILL to all processes, as when the machine is switched off. */
  async killAll(): Promise<void> {
    const ended = this.ended()
    for (const { pid } of this.alive) kill(pid)
    await ended
  }

  async terminate(): Promise<void> {
    const ended = this.ended()
    this.#child.kill('SIGTERM')
    await ended
  }

  async ended(): Promise<void> {
    if (!this.hasEnded) await once(this.#child, 'exit')
  }

  startAgain(): void {
    this.#child = this.#start()
  }

  /** Ends what is left and says what should have ended by itself. */
  async close(): Promise<readonly string[]> {
    this.#child.kill('SIGTERM')
    if ((await Promise.race([this.ended(), sleep(endMs, 'late')])) === 'late') {
      await this.killAll()
      return ['start-re-manager did not end on SIGTERM']
    }
    for (let tries = 0; tries < 100 && this.alive.length > 0; tries += 1) await sleep(100)
    const left = this.alive
    for (const { pid } of left) kill(pid)
    return left.map(({ pid, command }) => `process ${pid} (${command}) was left behind`)
  }
}
