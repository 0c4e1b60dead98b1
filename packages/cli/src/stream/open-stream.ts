import { openReplay, ReplayError, replayConfig, type Replay } from '@beamtime/stream-replay'
import { isReachable } from '../config/online-checks.ts'
import { loadConfig } from '../config/load-config.ts'
import { registryUrl as registryUrlOf } from '../config/registry-address.ts'
import { failureText } from '../report-error.ts'
import { busOf } from '../services/service-config.ts'
import { serversOf } from '../topic/topic-bus.ts'
import type { StreamOptions } from './stream-options.ts'

/** Exit codes of the stream commands beside 0, 1 and 2. */
const unreachableExit = 3
const refusedExit = 4
export const interruptedExit = 130

/** Runs a stream command and maps its failure to the exit code that the commands of this family have. */
export async function streamAction(options: StreamOptions, action: () => Promise<number>): Promise<number> {
  try {
    return await action()
  } catch (error) {
    const exitCode = exitCodeOf(error)
    if (exitCode === null) throw error
    process.stderr.write(`${failureText(error, { json: options.json === true })}\n`)
    return exitCode
  }
}

/** Resolves when the person at the terminal, or a supervisor, wants it to end. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

function exitCodeOf(error: unknown): number | null {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string') return null
  if (code === 'REPLAY_USAGE') return 2
  if (code === 'REPLAY_BROKER_UNREACHABLE' || code === 'BUS_UNAVAILABLE') return unreachableExit
  if (code === 'REPLAY_NOT_ALLOWED') return refusedExit
  return /^(REPLAY|STREAM|BUS|EVENT_MODEL)_/.test(code) ? 1 : null
}

/** Opens the cluster of the platform (or of --bootstrap) for one command. Rejects with REPLAY_BROKER_UNREACHABLE. */
export async function withReplay(
  options: StreamOptions,
  action: (replay: Replay) => Promise<number>,
): Promise<number> {
  const servers = await serversOf(options)
  const answers = await Promise.all(servers.map(isReachable))
  if (!answers.includes(true))
    throw new ReplayError({
      code: 'REPLAY_BROKER_UNREACHABLE',
      message: `no broker answers on ${servers.join(', ')}`,
      remedy: 'start the platform with `beamtime up`, or name brokers with --bootstrap host:port',
    })
  return await run(options, servers, action)
}

/** For commands that read or write recordings only; a broker is not asked unless a topic is named. */
export async function withRecordings(
  options: StreamOptions,
  source: string,
  action: (replay: Replay) => Promise<number>,
): Promise<number> {
  if (source.startsWith('topic:')) return await withReplay(options, action)
  return await run(options, ['127.0.0.1:9092'], action)
}

async function run(
  options: StreamOptions,
  servers: readonly string[],
  action: (replay: Replay) => Promise<number>,
): Promise<number> {
  const config = loadConfig(options)
  const { directory: recordings, deny_topics: denyTopics } = config.read(replayConfig)
  // Another cluster than the platform's has another registry.
  const known = options.bootstrap === undefined ? registryUrlOf(config) : config.read(replayConfig).registry
  const registryUrl = options.registry ?? known
  const replay = openReplay({
    bus: { ...busOf(config, 'beamtime-stream'), bootstrapServers: servers },
    recordingsDir: recordings,
    denyTopics: denyTopics.map((pattern) => new RegExp(pattern)),
    ...(registryUrl === '' ? {} : { registryUrl }),
  })
  try {
    return await action(replay)
  } finally {
    await replay.close()
  }
}
