import { flushCompileCache } from 'node:module'
import type { ToolStreams } from './kafka-tool.ts'

type KafkaTool = (args: readonly string[], streams: ToolStreams) => Promise<number>

/** Kafka's own tools, by their names there without `.sh`. */
const tools = {
  'kafka-topics': async (args, streams) =>
    await (await import('./kafka-topics.ts')).kafkaTopics(args, streams),
  'kafka-console-consumer': async (args, streams) =>
    await (await import('./kafka-console-consumer.ts')).kafkaConsoleConsumer(args, streams),
  'kafka-console-producer': async (args, streams) =>
    await (await import('./kafka-console-producer.ts')).kafkaConsoleProducer(args, streams),
} as const satisfies Record<string, KafkaTool>

export type KafkaToolName = keyof typeof tools

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs one tool on the streams of the process and sets its exit code. */
export async function runKafkaExecutable(name: KafkaToolName, args: readonly string[]): Promise<void> {
  const { stdin, stdout, stderr } = process
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  setTimeout(() => flushCompileCache(), 3_000).unref()
  const stop = new AbortController()
  let stopped: keyof typeof exitCodes | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopped !== null) process.exit(exitCodes[signal])
      stopped = signal
      stop.abort()
    })
  }
  const code = await tools[name](args, { stdin, stdout, stderr, signal: stop.signal })
  process.exitCode = stopped === null ? code : exitCodes[stopped]
  // A terminal or a pipe that is still open would keep the process.
  stdin.destroy()
}
