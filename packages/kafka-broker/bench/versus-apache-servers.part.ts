/* The two brokers of versus-apache.ts, each started as its users start it, on the same disk. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import { BenchConnection, benchBatch, createBenchTopic, produceFrame } from './bench-client.part.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const apacheScript = join(root, 'tools', 'peers', 'apache-kafka.sh')

export type ServerName = 'ours' | 'apache'

export interface BenchServer {
  readonly name: ServerName
  readonly port: number
  readonly pid: number
  /** From the start of the process to the acknowledgement of the first record. */
  readonly startMs: number
  close(): Promise<void>
}

/** Null, or why Apache Kafka cannot run here. */
export function apacheMissing(): string | null {
  try {
    execFileSync(apacheScript, ['fetch'], { stdio: 'pipe' })
    return null
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim()
  }
}

export const apacheVersion = (): string =>
  execFileSync(apacheScript, ['version'], { encoding: 'utf8' }).trim()

/** `beamtime broker` on a port of its own, without the schema registry. */
export async function startOurs(directory: string): Promise<BenchServer> {
  const port = await freePort()
  mkdirSync(directory, { recursive: true })
  const startedMs = performance.now()
  const child = spawn(process.execPath, [join(root, 'bin', 'beamtime.mjs'), 'broker', '--data', directory], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      BEAMTIME__BROKER__LISTEN: `127.0.0.1:${port}`,
      BEAMTIME__REGISTRY__LISTEN: '',
      BEAMTIME__LOG__LEVEL: 'warn',
    },
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await firstProduce(port, child)
  const startMs = performance.now() - startedMs
  return {
    name: 'ours',
    port,
    pid: child.pid ?? 0,
    startMs,
    close: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Formats the data directory first, which is not counted, then starts the server itself. */
export async function startApache(directory: string): Promise<BenchServer> {
  const port = await freePort()
  const run = (...args: string[]): void => void execFileSync(apacheScript, args, { stdio: 'pipe' })
  run('start', String(port), directory)
  run('stop', directory)
  const startedMs = performance.now()
  const starting = spawn(apacheScript, ['start', String(port), directory], { stdio: 'ignore' })
  await firstProduce(port, starting)
  const startMs = performance.now() - startedMs
  if (starting.exitCode === null) await new Promise((resolve) => starting.once('exit', resolve))
  return {
    name: 'apache',
    port,
    pid: Number(readFileSync(join(directory, 'pid'), 'utf8')),
    startMs,
    close: () => {
      run('stop', directory)
      return Promise.resolve()
    },
  }
}

const produceErrorAt = 4 + 4 + 2 + 'first'.length + 4 + 4

/** Tries every 10 ms, as an impatient client would. Rejects when the process ends without having served. */
async function firstProduce(port: number, child: ChildProcess): Promise<void> {
  const frame = produceFrame('first', benchBatch(1, 100))
  const deadlineMs = performance.now() + 120_000
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null && child.exitCode !== 0)
      throw new Error(`the server ended with ${child.exitCode}`)
    if (await isProduced(port, frame)) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the server did not take a record within 120 s')
}

function isProduced(port: number, frame: Buffer): Promise<boolean> {
  const connection = new BenchConnection(port)
  return new Promise<boolean>((resolve) => {
    connection.socket.once('error', () => resolve(false))
    connection.socket.once('close', () => resolve(false))
    connection.socket.once('connect', () => {
      createBenchTopic(port, 'first')
        .then(() => connection.ask(frame))
        .then(
          ({ head }) => resolve(head.readInt16BE(produceErrorAt) === 0),
          () => resolve(false),
        )
    })
  }).finally(() => connection.close())
}

/** Resident memory in MB. */
export function residentMb({ pid }: BenchServer): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_000
}

/** Processor seconds that the server has used. */
export function cpuSeconds({ pid }: BenchServer): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
