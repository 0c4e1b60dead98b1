import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  atomicWriteJson,
  buildInfo,
  describeFailure,
  exitCodes,
  prepareDirectories,
} from '@beamtime/service-kit'
import { loadConfig, type Config, type ConfigOptions } from '../config/load-config.ts'
import {
  askSupervisor,
  openControlServer,
  type ControlAnswer,
  type ControlRequest,
} from '../supervisor/control-socket.ts'
import { platformRecord, readKey } from '../supervisor/platform-record.ts'
import { alreadyRunning, platformServices } from '../supervisor/platform-services.ts'
import type { ServiceView } from '../supervisor/service-process.ts'
import { createSupervisor } from '../supervisor/supervisor.ts'
import { recordPath, type SupervisorRecord } from '../supervisor/supervisor-record.ts'
import { createUpDisplay, type UpDisplay } from '../supervisor/up-display.ts'
import { checkConfigInBackground } from '../supervisor/background-check.ts'

export interface UpOptions extends ConfigOptions {
  readonly json?: boolean
}

/** One Ctrl-C may come several times: from the terminal, from npm and from the launcher. */
const sameKeyMs = 700

/** Runs the platform until it is told to stop. Resolves with the exit code. */
export async function runUp(options: UpOptions): Promise<number> {
  const config = loadConfig(options)
  const { runtimeDir } = prepareDirectories(config.dataDir)
  await refuseSecond(config, runtimeDir)
  return await new Platform({ config, runtimeDir, options }).run()
}

async function refuseSecond(config: Config, runtimeDir: string): Promise<void> {
  const answer = await askSupervisor(runtimeDir, { op: 'status' })
  if (answer === null) return
  const { pid } = (answer.record ?? {}) as Partial<SupervisorRecord>
  throw alreadyRunning(config.dataDir, pid ?? 0)
}

interface PlatformOptions {
  readonly config: Config
  readonly runtimeDir: string
  readonly options: UpOptions
}

class Platform {
  readonly #config: Config
  readonly #runtimeDir: string
  readonly #display: UpDisplay
  readonly #supervisor: ReturnType<typeof createSupervisor>
  readonly #shutdownMs: number
  readonly #started = new Date().toISOString()
  readonly #startedMs = performance.now()
  #isReady = false
  #stoppedMs = 0
  #stopping: { readonly exitCode: number } | null = null
  #finish: (exitCode: number) => void = () => undefined
  #writing: Promise<void> = Promise.resolve()
  #isWriteQueued = false

  constructor({ config, runtimeDir, options }: PlatformOptions) {
    this.#config = config
    this.#runtimeDir = runtimeDir
    const { services, shutdownMs } = platformServices(config, { profile: options.profile })
    this.#shutdownMs = shutdownMs
    this.#display = createUpDisplay({
      kind: options.json === true ? 'json' : process.stdout.isTTY ? 'terminal' : 'plain',
      version: buildInfo().version,
      data: config.dataDir,
      write: (text) => void process.stdout.write(text),
      columns: () => process.stdout.columns ?? 100,
    })
    this.#supervisor = createSupervisor({
      services,
      logDir: join(config.dataDir, 'logs'),
      shutdownMs,
      onChange: (view) => this.#changed(view),
    })
  }

  async run(): Promise<number> {
    const finished = new Promise<number>((resolve) => {
      this.#finish = resolve
    })
    mkdirSync(join(this.#config.dataDir, 'state'), { recursive: true })
    const control = await openControlServer(this.#runtimeDir, (request) => this.#answer(request))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#signalled(signal))
    process.once('exit', () => this.#supervisor.kill())
    const check = checkConfigInBackground(this.#config)
    this.#display.started(this.#supervisor.views())
    this.#supervisor.start()
    this.#writeRecord()
    void check.then((problems) => {
      if (problems === '') return
      process.stderr.write(`${problems}\n`)
      this.#stop(exitCodes.config)
    })

    const exitCode = await finished
    await control.close()
    await this.#writing
    rmSync(recordPath(this.#config.dataDir), { force: true })
    rmSync(this.#runtimeDir, { recursive: true, force: true })
    this.#display.stopped()
    return exitCode
  }

  #changed(view: ServiceView): void {
    const views = this.#supervisor.views()
    if (this.#stopping === null) this.#display.changed(view, views)
    this.#writeRecord()
    if (this.#stopping !== null || this.#isReady) return
    if (view.state === 'failed') this.#failedToStart()
    else if (views.every((other) => other.state === 'up')) this.#becameReady(views)
  }

  #becameReady(views: readonly ServiceView[]): void {
    this.#isReady = true
    const record = this.#record()
    this.#display.ready(
      {
        version: record.version,
        data: record.data,
        url: record.url,
        key: readKey(record.key_file),
        keyFile: record.key_file,
        readyMs: performance.now() - this.#startedMs,
      },
      views,
    )
  }

  /** A configuration that does not start: others get a moment to tell theirs, then everything stops. */
  #failedToStart(): void {
    setTimeout(() => {
      if (this.#stopping !== null) return
      for (const view of this.#supervisor.views())
        if (view.state === 'failed') process.stderr.write(`${view.role}: ${view.detail}\n`)
      this.#stop(exitCodes.config)
    }, 500)
  }

  #signalled(signal: NodeJS.Signals): void {
    if (this.#stopping === null) {
      this.#stoppedMs = performance.now()
      this.#stop(exitCodes.ok)
    } else if (signal === 'SIGINT' && performance.now() - this.#stoppedMs > sameKeyMs) {
      this.#supervisor.kill()
      this.#finish(exitCodes.crash)
    }
  }

  #stop(exitCode: number): void {
    if (this.#stopping !== null) return
    this.#stopping = { exitCode }
    this.#display.stopping()
    this.#supervisor.stop().then(
      () => this.#finish(exitCode),
      (error: unknown) => {
        process.stderr.write(`${describeFailure(error).message}\n`)
        this.#supervisor.kill()
        this.#finish(exitCodes.crash)
      },
    )
  }

  #answer(request: ControlRequest): ControlAnswer {
    switch (request.op) {
      case 'status':
        return { ok: true, detail: '', record: this.#record() }
      case 'down':
        setImmediate(() => this.#stop(exitCodes.ok))
        return { ok: true, detail: 'stopping', record: { pid: process.pid, shutdown_ms: this.#shutdownMs } }
      case 'restart':
        return this.#supervisor.restart(request.role)
          ? { ok: true, detail: 'restarting' }
          : { ok: false, detail: `no service ${request.role}` }
    }
  }

  #record(): SupervisorRecord {
    return platformRecord(this.#config, {
      runtimeDir: this.#runtimeDir,
      started: this.#started,
      views: this.#supervisor.views(),
    })
  }

  /** One write at a time; changes meanwhile become one more. */
  #writeRecord(): void {
    if (this.#isWriteQueued) return
    this.#isWriteQueued = true
    this.#writing = this.#writing.then(async () => {
      this.#isWriteQueued = false
      if (this.#stopping !== null && this.#supervisor.views().every((view) => view.state === 'stopped'))
        return
      await atomicWriteJson(recordPath(this.#config.dataDir), this.#record(), {
        durable: false,
        mode: 0o600,
      }).catch(
        () => undefined, // a full disk: status asks the control socket first
      )
    })
  }
}
