import { readFileSync } from 'node:fs'
import { type Bus, type BusError, openBus } from '@beamtime/bus'
import { busOptionsOf } from './kafka-client-settings.ts'
import { KafkaUsageError } from './kafka-error.ts'
import {
  kafkaHelp,
  type KafkaOptionTable,
  type KafkaOptionValues,
  parseKafkaOptions,
  valueOf,
} from './kafka-options.ts'
import { type KafkaProperties, readPropertiesFile } from './kafka-properties.ts'

/** Where a tool reads and writes; the terminal, or a test. */
export interface ToolStreams {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal
}

export const kafkaExit = { done: 0, failed: 1 } as const

/** Reads the command line; help, version and mistakes are answered here, with an exit code. */
export async function runKafkaTool<Name extends string>(
  table: KafkaOptionTable<Name>,
  args: readonly string[],
  of: {
    readonly streams: ToolStreams
    run(values: KafkaOptionValues<Name>): Promise<number>
  },
): Promise<number> {
  const { stdout, stderr } = of.streams
  try {
    const parsed = parseKafkaOptions(table, args)
    if (parsed.kind === 'help') {
      stderr.write(kafkaHelp(table))
      return kafkaExit.done
    }
    if (parsed.kind === 'version') {
      stdout.write(`${ownVersion()} (Beamtime)\n`)
      return kafkaExit.done
    }
    return await of.run(parsed.values)
  } catch (error) {
    if (!(error instanceof KafkaUsageError)) throw error
    stderr.write(`${error.message}\n`)
    stderr.write(`Run ${table.program} --help for its options.\n`)
    return kafkaExit.failed
  }
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Properties of a file that an option names, if it is given. */
export function configFile<Name extends string>(
  values: KafkaOptionValues<Name>,
  ...names: NoInfer<Name>[]
): KafkaProperties {
  for (const name of names) {
    const path = valueOf(values, name)
    if (path !== undefined) return readPropertiesFile(path)
  }
  return new Map()
}

/** The word of an option that has to be there. Throws KafkaUsageError with Kafka's words. */
export function required<Name extends string>(
  values: KafkaOptionValues<Name>,
  ...names: [NoInfer<Name>, ...NoInfer<Name>[]]
): string {
  for (const name of names) {
    const value = valueOf(values, name)
    if (value !== undefined) return value
  }
  throw new KafkaUsageError(`Missing required argument "[${names[0]}]"`)
}

/** Opens a bus to the servers, does one thing, closes it. */
export async function withKafka<T>(
  at: { readonly servers: string; readonly properties: KafkaProperties; readonly program: string },
  work: (bus: Bus) => Promise<T>,
): Promise<T> {
  const bus = openBus(busOptionsOf(at.servers, at.properties, at.program))
  try {
    return await work(bus)
  } finally {
    await bus.close()
  }
}

export function isBusError(error: unknown, code?: BusError['code']): error is BusError {
  if (!(error instanceof Error) || error.name !== 'BusError') return false
  return code === undefined || (error as BusError).code === code
}

/* What to do, in the options of these tools; the bus itself names keys of beamtime.toml. */
const remedies: Readonly<Partial<Record<BusError['code'], string>>> = {
  BUS_UNAVAILABLE: 'Check --bootstrap-server.',
  BUS_AUTHENTICATION:
    'Check security.protocol, sasl.mechanism, sasl.jaas.config and ssl.* of the configuration file, and what the user may do.',
}

/** What a person reads of an error: what happened and what to do about it. */
export function failureOf(error: unknown): string {
  if (!isBusError(error)) return error instanceof Error ? error.message : String(error)
  const what = error.message.replace(`${error.code}: `, '').trimEnd()
  return `${what}${/[.!?]$/.test(what) ? '' : '.'} ${remedies[error.code] ?? error.remedy}`
}

/** Writes and waits while the reader of a pipe is slower. */
export async function writeAll(stream: NodeJS.WritableStream, bytes: Uint8Array | string): Promise<void> {
  if (stream.write(bytes)) return
  await new Promise<void>((resolve) => stream.once('drain', () => resolve()))
}
