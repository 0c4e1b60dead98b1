import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { fileURLToPath } from 'node:url'

/** The Python command, then what starts the bridge. A wrapper such as `micromamba run -n env python` closes inherited
 * descriptors, so the child connects to sockets instead. */
export function bridgeCommand(python: string | readonly string[]): readonly string[] {
  return [...(typeof python === 'string' ? [python] : python), '-u', bridgeScript]
}

const bridgeScript = fileURLToPath(new URL('../../../../python/run_worker.py', import.meta.url))

export interface PythonProcess {
  /** Both ends, once the bridge has connected. Rejects when it never does. */
  readonly sockets: Promise<{ readonly control: Socket; readonly documents: Socket }>
  /** Resolves in words when the process is gone. Behind a wrapper that is when its connection is. */
  readonly ended: Promise<string>
  /** The process that has connected, and the end of its connection. */
  follow(bridgePid: number, closed: Promise<void>): void
  /** The last that it wrote outside of its console stream: what an interpreter says that does not start. */
  readonly lastOutput: string
  /** Also the process behind a wrapper, once it is followed. */
  kill(): void
}

export interface PythonLaunch {
  readonly python: string | readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** For the sockets; only its owner may enter it. */
  readonly runtimeDir: string
  /** What C code, child processes and the interpreter itself write. */
  onOutput(text: string): void
}

const outputTail = 4000
/** A process whose connection is gone ends by itself. */
const endsByItselfMs = 2_000

/** Environments on network file systems take their time. */
const connectBudgetMs = 180_000

export function startPython(launch: PythonLaunch): PythonProcess {
  const paths = ['c', 'd'].map((end) => join(launch.runtimeDir, `py-${process.pid}-${end}.sock`)) as [
    string,
    string,
  ]
  const listeners = paths.map((path) => listenOnce(path))
  let child: ChildProcess | null = null
  let bridge: { readonly pid: number; readonly closed: Promise<void> } | null = null
  let over = false
  let output = ''
  let end: (reason: string) => void = () => undefined
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  void ended.then(() => {
    over = true
    for (const listener of listeners) listener.close()
  })

  function launchChild(): void {
    const [program = '', ...args] = bridgeCommand(launch.python)
    const started = spawn(program, [...args, ...paths], {
      cwd: launch.cwd,
      env: launch.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) {
      const decoder = new StringDecoder('utf8')
      stream.on('data', (bytes: Buffer) => {
        const text = decoder.write(bytes)
        output = (output + text).slice(-outputTail)
        if (text !== '') launch.onOutput(text)
      })
    }
    started.once('error', (error) => end(`${program} can not be started: ${error.message}`))
    started.once('exit', (code, signal) => {
      const reason = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`
      // A signal to the group ends a wrapper, but not the plan behind it.
      if (bridge === null || bridge.pid === started.pid) end(reason)
      else void bridge.closed.then(() => end(`the command that started it ended (${reason})`))
    })
  }

  async function connect(): Promise<{ readonly control: Socket; readonly documents: Socket }> {
    await Promise.all(listeners.map((listener) => listener.ready))
    launchChild()
    const failed = ended.then((reason): never => {
      throw new Error(reason)
    })
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(
        () => reject(new Error(`it did not connect within ${connectBudgetMs / 1000} s`)),
        connectBudgetMs,
      ).unref()
    })
    const [control, documents] = await Promise.race([
      Promise.all([listeners[0]?.socket, listeners[1]?.socket]),
      failed,
      late,
    ])
    if (control === undefined || documents === undefined) throw new Error('no sockets')
    return { control, documents }
  }

  return {
    sockets: connect(),
    ended,
    get lastOutput() {
      return output.trim()
    },
    follow(pid, closed) {
      bridge = { pid, closed }
      void closed.then(() => {
        setTimeout(() => {
          if (over) return
          kill()
          end('its connection broke')
        }, endsByItselfMs).unref()
      })
    },
    kill,
  }

  function kill(): void {
    if (over) return
    child?.kill('SIGKILL')
    if (bridge !== null && bridge.pid !== child?.pid) killQuietly(bridge.pid)
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

interface OneSocket {
  readonly ready: Promise<void>
  readonly socket: Promise<Socket>
  close(): void
}

/** Takes one connection and is gone from the file system after that. */
function listenOnce(path: string): OneSocket {
  rmSync(path, { force: true })
  let accept: (socket: Socket) => void = () => undefined
  const socket = new Promise<Socket>((resolve) => {
    accept = resolve
  })
  const server: Server = createServer((connection) => {
    close()
    accept(connection)
  })
  const ready = new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      chmodSync(path, 0o600)
      resolve()
    })
  })
  function close(): void {
    server.close()
    rmSync(path, { force: true })
  }
  return { ready, socket, close }
}
