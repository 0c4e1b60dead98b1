import { type ChildProcess, spawn } from 'node:child_process'

const timeoutMs = 60_000

export interface CommandOutput {
  readonly output: string
  readonly errors: string
}

/** Runs a program to its end, at most 60 s. Rejects when it fails. */
export function runCommand(command: readonly string[], input = ''): Promise<CommandOutput> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: timeoutMs })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.stdin.on('error', () => undefined) // the program may end before it has read everything
    child.on('error', reject)
    child.on('close', (code, signal) =>
      code === 0
        ? resolve({ output, errors })
        : reject(
            new Error(
              `${command.slice(0, 4).join(' ')} ended with ${code ?? signal}: ${tail(errors || output)}`,
            ),
          ),
    )
    child.stdin.end(input)
  })
}

function tail(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').slice(-300)
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

/** A program that goes on until it is stopped, with what it has printed so far. */
export class RunningCommand {
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  output = ''
  errors = ''

  constructor(command: readonly string[]) {
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.#child.stdout?.on('data', (chunk) => (this.output += chunk))
    this.#child.stderr?.on('data', (chunk) => (this.errors += chunk))
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()))
    this.#child.on('error', () => undefined) // what the program did not do shows in its output
  }

  /** Asks it to end, as Ctrl-C does, and waits until it has. */
  async stop(): Promise<void> {
    this.#signal('SIGINT')
    const hard = setTimeout(() => this.#signal('SIGKILL'), 15_000)
    await this.#closed
    clearTimeout(hard)
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode } = this.#child
    if (pid === undefined || exitCode !== null) return
    try {
      process.kill(-pid, signal)
    } catch {
      // gone already
    }
  }
}
