import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openBus } from '@beamtime/bus'
import { decodeDocument, type NamedDocument } from '@beamtime/event-model'

const main = fileURLToPath(new URL('broker-main.ts', import.meta.url))

/** An embedded broker in a process of its own, so that it can be killed. */
export async function startBrokerProcess(directory: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, directory, String(port)], {
    stdio: ['ignore', 'pipe', process.env['TEST_SHOW'] === undefined ? 'ignore' : 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
  return child
}

export async function killed(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => {
    child.once('exit', resolve)
  })
  child.kill(signal)
  await gone
}

/** Reads a topic from its beginning until `enough` says so. */
export async function readTopic(
  port: number,
  topic: string,
  enough: (documents: readonly NamedDocument[]) => boolean,
): Promise<readonly NamedDocument[]> {
  const bus = openBus({ bootstrapServers: [`127.0.0.1:${port}`], clientId: 'test' })
  const stop = new AbortController()
  const documents: NamedDocument[] = []
  const timer = setTimeout(() => stop.abort(), 15_000)
  await bus.tail({
    topic,
    from: 'earliest',
    signal: stop.signal,
    onRecords(records) {
      for (const { value } of records) if (value !== null) documents.push(decodeDocument(value))
      if (enough(documents)) stop.abort()
    },
  })
  clearTimeout(timer)
  await bus.close()
  return documents
}
