import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import { runCommand } from './run-command.ts'

/** A server that the clients talk to, in a process of its own. */
export interface ServerUnderTest {
  readonly name: string
  /** host:port */
  readonly server: string
  /** Folder with a folder per partition. */
  readonly logDirectory: string
  close(): Promise<void>
}

export const apacheScript = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  'tools',
  'peers',
  'apache-kafka.sh',
)

export async function startOurs(): Promise<ServerUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-clients-'))
  const port = await freePort()
  const child = fork(join(import.meta.dirname, '..', '..', 'test', 'crash-broker.ts'), [
    directory,
    String(port),
  ])
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
  return {
    name: 'the embedded broker',
    server: `127.0.0.1:${port}`,
    logDirectory: join(directory, 'topics'),
    close: async () => {
      child.kill('SIGTERM')
      await exited
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export async function startApache(): Promise<ServerUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-apache-'))
  const port = await freePort()
  await runCommand([apacheScript, 'start', String(port), directory])
  const { output } = await runCommand([apacheScript, 'version'])
  return {
    name: `Apache Kafka ${output.trim()}`,
    server: `127.0.0.1:${port}`,
    logDirectory: join(directory, 'data'),
    close: async () => {
      await runCommand([apacheScript, 'stop', directory])
      await rm(directory, { recursive: true, force: true })
    },
  }
}
