import { closeSync, openSync, readFileSync } from 'node:fs'
import {
  alertSimulator,
  openReplay,
  type ReplayError,
  type AlertSimulator,
  type ReplayOptions,
} from '@beamtime/stream-replay'
import { CompatError } from './compat-error.ts'
import {
  alertSimLine,
  type AlertSimCommand,
  type BrokerWords,
  type LogThreshold,
} from './alert-sim-arguments.ts'

const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const
type Level = (typeof levels)[number]
/** Writes a line as Python's logging does by default. */
type Log = (level: Level, logger: string, message: string) => void

const interruptedExit = 130

/** `rubin-alert-sim`: preloads, plays and prints streams of alerts. Resolves with the exit code. */
export async function alertSim(args: readonly string[]): Promise<number> {
  try {
    const line = alertSimLine(args)
    switch (line.kind) {
      case 'text':
        process.stdout.write(line.text)
        return 0
      case 'misuse':
        process.stderr.write(line.text)
        return 2
      case 'run':
        return await run(line.command, logAbove(line.threshold))
    }
  } catch (error) {
    process.stderr.write(`${failureText(error)}\n`)
    return isMisuse(error) ? 2 : 1
  }
}

function logAbove(threshold: LogThreshold): Log {
  return (level, logger, message) => {
    if (levels.indexOf(level) >= levels.indexOf(threshold))
      process.stderr.write(`${level}:${logger}:${message}\n`)
  }
}

async function run(command: AlertSimCommand, log: Log): Promise<number> {
  log('DEBUG', 'rubin-alert-sim', `${command.kind}: ${JSON.stringify(command)}`)
  if (command.kind === 'create-stream') checkReadable(command.file)
  const replay = openReplay({ bus: busOf(command) })
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  try {
    log('DEBUG', 'rubin-alert-sim.kafka', `connecting to ${command.broker}`)
    // A person wants to know at once when nothing answers.
    await replay.cluster.metadata([])
    await runCommand(command, { simulator: alertSimulator(replay), signal: stop.signal, log })
    return stop.signal.aborted ? interruptedExit : 0
  } finally {
    await replay.close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  }
}

interface Means {
  readonly simulator: AlertSimulator
  readonly signal: AbortSignal
  readonly log: Log
}

async function runCommand(command: AlertSimCommand, means: Means): Promise<void> {
  const { simulator, signal, log } = means
  switch (command.kind) {
    case 'create-stream': {
      log('DEBUG', 'rubin-alert-sim.prepare', `preloading ${command.topic} from ${command.file}`)
      const count = await simulator.createStream(command)
      process.stdout.write(`successfully preloaded stream with ${count} alerts\n`)
      return
    }
    case 'play-stream':
      return await play(command, means)
    case 'print-stream':
      log('DEBUG', 'rubin-alert-sim.printer', `printing ${command.topic}`)
      return await simulator.printStream({
        topic: command.topic,
        signal,
        onLine: (text) => void process.stdout.write(`${text}\n`),
      })
  }
}

async function play(
  command: Extract<AlertSimCommand, { kind: 'play-stream' }>,
  { simulator, signal, log }: Means,
): Promise<void> {
  const logger = 'rubin-alert-sim.play'
  log('DEBUG', logger, `playing ${command.from} into ${command.to}`)
  const played = await simulator.playStream({
    ...command,
    signal,
    onPass: ({ messages, seconds }) =>
      log(
        'INFO',
        logger,
        `sent ${messages} alerts in ${seconds.toFixed(2)}s (${(messages / seconds).toFixed(2)}/s)`,
      ),
    onSleep: (seconds) => log('INFO', logger, `going to sleep for ${seconds.toFixed(2)}s`),
    onLatePass: ({ seconds, intervalSeconds }) =>
      log(
        'WARNING',
        logger,
        `unable to keep up with repeat interval: took ${seconds}s to run, interval is ${intervalSeconds}`,
      ),
  })
  if (command.repeatSeconds < 0) process.stdout.write(`played ${played} alerts from the stream\n`)
}

function busOf({ broker, tls }: BrokerWords): ReplayOptions['bus'] {
  const bus = { bootstrapServers: broker.split(',').map((one) => one.trim()), clientId: 'rubin-alert-sim' }
  if (tls === null) return bus
  return { ...bus, security: 'ssl', tls: { key: pemOf(tls.key), cert: pemOf(tls.crt), ca: pemOf(tls.ca) } }
}

function pemOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CompatError(`FileNotFoundError: ${systemText(error, path)}`)
  }
}

class FileMisuse extends Error {}

function checkReadable(path: string): void {
  try {
    closeSync(openSync(path, 'r'))
  } catch (error) {
    throw new FileMisuse(`argument file: can't open '${path}': ${systemText(error, path)}`)
  }
}

function systemText(error: unknown, path: string): string {
  const { code, errno = 0 } = error as NodeJS.ErrnoException
  const texts: Readonly<Record<string, string>> = {
    ENOENT: 'No such file or directory',
    EACCES: 'Permission denied',
    EISDIR: 'Is a directory',
  }
  return `[Errno ${Math.abs(errno)}] ${texts[code ?? ''] ?? code}: '${path}'`
}

function isMisuse(error: unknown): boolean {
  return error instanceof FileMisuse
}

/** Errors in the words that the peer's last line has. */
function failureText(error: unknown): string {
  if (error instanceof FileMisuse) return `rubin-alert-sim create-stream: error: ${error.message}`
  if (error instanceof CompatError) return error.message
  const { code, message = String(error), remedy = '' } = error as Partial<ReplayError>
  const plain = message.replace(`${code}: `, '')
  const kafka = kafkaErrors[code ?? '']
  if (kafka !== undefined)
    return `KafkaException: KafkaError{code=${kafka.name},val=${kafka.value},str="${plain}"}`
  return remedy === '' ? message : `${plain}; ${remedy}`
}

/** Errors that librdkafka has a name and number for. */
const kafkaErrors: Readonly<Record<string, { readonly name: string; readonly value: number }>> = {
  REPLAY_TOPIC_EXISTS: { name: 'TOPIC_ALREADY_EXISTS', value: 36 },
  REPLAY_TOPIC_UNKNOWN: { name: 'UNKNOWN_TOPIC_OR_PART', value: 3 },
  REPLAY_BROKER_UNREACHABLE: { name: '_TRANSPORT', value: -195 },
}
