import { spawn } from 'node:child_process'
import { bridgeCommand } from './python-process.ts'

/** What a Python offers to a worker. */
export interface PythonDescription {
  readonly python: string
  /** Version by package; null = not installed. */
  readonly versions: Readonly<Record<string, string | null>>
  /** Why it cannot run plans, in the words of its import; null = it can. */
  readonly problem: string | null
}

const packages = ['bluesky', 'bluesky_queueserver', 'ophyd', 'ophyd_async', 'databroker', 'tiled']
const maxOutput = 64 * 1024

/** Starts the Python as a worker would and asks what it has. A Python that cannot be started is a problem, never an error. */
export function describePython(
  python: string | readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number } = {},
): Promise<PythonDescription> {
  const [program = '', ...args] = bridgeCommand(python)
  return new Promise((resolve) => {
    const child = spawn(program, [...args, '--describe'], {
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let errors = ''
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => (output = (output + text).slice(-maxOutput)))
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (errors = (errors + text).slice(-maxOutput)))
    child.once('error', (error) => resolve(unusable(`it cannot be started: ${error.message}`)))
    child.once('close', (code, signal) => {
      resolve(
        described(output) ??
          unusable(`it ended with ${signal ?? `code ${code}`}: ${errors.trim().split('\n').at(-1) ?? ''}`),
      )
    })
  })
}

/** Startup files of the interpreter may print before the answer, which is the last line. */
function described(output: string): PythonDescription | null {
  let found: unknown
  try {
    found = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  } catch {
    return null
  }
  if (typeof found !== 'object' || found === null) return null
  const values = new Map<string, unknown>(Object.entries(found))
  const text = (key: string): string | null => {
    const value = values.get(key)
    return typeof value === 'string' ? value : null
  }
  return {
    python: text('python') ?? '',
    versions: Object.fromEntries(packages.map((name) => [name, text(name)])),
    problem: text('problem'),
  }
}

function unusable(problem: string): PythonDescription {
  return { python: '', versions: {}, problem }
}
