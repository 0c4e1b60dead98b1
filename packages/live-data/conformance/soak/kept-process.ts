import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'

/** A command of the platform that is started again after it was killed, as its supervisor does. */
export class KeptProcess {
  readonly name: string
  readonly #command: readonly string[]
  readonly #environment: NodeJS.ProcessEnv
  readonly #log: number
  #child: ChildProcess
  kills = 0
  /** Ends that nobody asked for. */
  crashes = 0
  mostMb = 0
  #isMeant = false

  constructor(
    name: string,
    options: {
      readonly command: readonly string[]
      readonly environment: NodeJS.ProcessEnv
      readonly logFile: string
    },
  ) {
    this.name = name
    this.#command = options.command
    this.#environment = options.environment
    this.#log = openSync(options.logFile, 'a')
    this.#child = this.#start()
    process.once('exit', () => {
      this.#isMeant = true
      this.#child.kill('SIGKILL')
    })
  }

  async kill(): Promise<void> {
    this.kills += 1
    await this.#end('SIGKILL')
    this.#child = this.#start()
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  residentMb(): number {
    try {
      const text = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
      const mb = Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1_024)
      this.mostMb = Math.max(this.mostMb, mb)
      return mb
    } catch {
      return 0 // between a kill and the next start
    }
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#isMeant = true
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    }
  }

  #start(): ChildProcess {
    this.#isMeant = false
    const [program = '', ...rest] = this.#command
    const child = spawn(program, rest, {
      env: this.#environment,
      stdio: ['ignore', this.#log, this.#log],
    })
    child.once('exit', () => {
      if (this.#isMeant || child !== this.#child) return
      this.crashes += 1
      this.#child = this.#start()
    })
    return child
  }
}
