import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { onTestFinished } from 'vitest'
import { kafkaConsoleConsumer } from '../../src/compat/kafka-console-consumer.ts'
import { kafkaConsoleProducer } from '../../src/compat/kafka-console-producer.ts'
import { kafkaTopics } from '../../src/compat/kafka-topics.ts'
import type { ToolStreams } from '../../src/compat/kafka-tool.ts'

export interface ToolResult {
  readonly code: number
  readonly output: string
  readonly errors: string
}

const tools = { topics: kafkaTopics, consumer: kafkaConsoleConsumer, producer: kafkaConsoleProducer }
type ToolName = keyof typeof tools

/** Takes what is written and keeps it as text. */
class Kept extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

/** Runs a tool in this process with a command line as one would type it (words by blanks). */
export async function runTool(
  name: ToolName,
  line: string,
  with_: { readonly input?: string; readonly signal?: AbortSignal; readonly more?: readonly string[] } = {},
): Promise<ToolResult> {
  const [stdout, stderr] = [new Kept(), new Kept()]
  const streams: ToolStreams = {
    stdin: Readable.from(Buffer.from(with_.input ?? '')),
    stdout,
    stderr,
    signal: with_.signal ?? new AbortController().signal,
  }
  const args = [...line.split(' ').filter((word) => word !== ''), ...(with_.more ?? [])]
  const code = await tools[name](args, streams)
  return { code, output: stdout.text, errors: stderr.text }
}

/** A broker in this process; gives host:port and a folder. It ends with the test. */
export async function toolBroker(
  settings: Record<string, unknown> = {},
  users?: string,
): Promise<{ readonly server: string; readonly folder: string }> {
  const directory = tempDir()
  const path = join(directory.path, 'users.txt')
  if (users !== undefined) writeFileSync(path, users)
  const config = parseSection(
    brokerConfig,
    {
      listen: '127.0.0.1:0',
      initial_rebalance_delay_ms: 10,
      ...(users === undefined ? {} : { users: path }),
      ...settings,
    },
    { key: 'broker' },
  )
  const broker = await openBroker({ config, directory: join(directory.path, 'broker') })
  onTestFinished(async () => {
    await broker.close()
    await directory.close()
  })
  return { server: `127.0.0.1:${broker.addresses[0]?.port}`, folder: directory.path }
}
