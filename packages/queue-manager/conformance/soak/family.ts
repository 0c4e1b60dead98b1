/** `start-re-manager` with its manager and worker: the processes that a soak starts, kills and starts again. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@beamtime/service-kit/testing'
import { childrenOf, kill, processesOf } from './processes.ts'

export interface FamilyOptions {
  readonly folder: string
  /** Further options of start-re-manager. */
  readonly options: readonly string[]
  /** Whose plans: those of the demo, or those of the soak for one of the workers. Default: native. */
  readonly plans?: 'demo' | 'native' | 'python'
}

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
  readonly #folder: string
  readonly #options: readonly string[]
  #child: ChildProcess

  private constructor(
    ports: readonly [string, string],
    { folder, options, plans = 'native' }: FamilyOptions,
  ) {
    ;[this.control, this.info] = ports
    this.#folder = folder
    this.#options = plans === 'demo' ? options : [...options, ...ownPlans(folder, plans)]
    this.#child = this.#start()
  }

  static async start(options: FamilyOptions): Promise<Family> {
    const port = async (): Promise<string> => `tcp://127.0.0.1:${await freePort()}`
    return new Family([await port(), await port()], options)
  }

  #start(): ChildProcess {
    return spawn(
      process.execPath,
      [
        fileURLToPath(new URL('../../../../bin/start-re-manager.mjs', import.meta.url)),
        `--zmq-control-addr=${this.control}`,
        `--zmq-info-addr=${this.info}`,
        '--zmq-publish-console=ON',
        `--data=${join(this.#folder, 'data')}`,
        '--silent',
        '--console-output=OFF',
        ...this.#options,
      ],
      {
        env: { ...process.env, SOAK_MARKS: this.marks },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    )
  }

  /** File in which each execution of a plan leaves its lines. */
  get marks(): string {
    return join(this.#folder, 'marks')
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
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }

  startAgain(): void {
    this.#child = this.#start()
  }

  /** Ends what is left and says what should have ended by itself. */
  async close(): Promise<readonly string[]> {
    this.#child.kill('SIGTERM')
    await this.ended()
    for (let tries = 0; tries < 100 && this.alive.length > 0; tries += 1) await sleep(100)
    const left = this.alive
    for (const { pid } of left) kill(pid)
    return left.map(({ pid, command }) => `process ${pid} (${command}) was left behind`)
  }
}
