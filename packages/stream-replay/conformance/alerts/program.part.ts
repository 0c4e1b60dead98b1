import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../../../..')
const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
export const python = join(cache, 'replay', 'bin', 'python')
export const apacheScript = join(root, 'tools/peers/apache-kafka.sh')

export interface Output {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function run(command: readonly string[], folder?: string): Promise<Output> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: folder ?? root,
    env: { ...process.env, XDG_CACHE_HOME: folder ?? '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? 1, stdout, stderr }
}

/** Standard output of a command that has to succeed. */
export async function outputOf(command: readonly string[], folder?: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, folder)
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${code}: ${stderr.slice(-2_000)}${stdout.slice(-500)}`)
  return stdout
}

export async function pythonSays<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await outputOf([python, join(import.meta.dirname, 'alerts.py'), ...args])) as T
}

export function sameAs(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`${what}: found ${a}, wanted ${b}`)
}
