import type { Bus, BusRecord } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import type { CoreEvent, LiveDataCore } from '../core/live-data-core.ts'
import type { liveDataTopics } from '../core/topic-names.ts'
import { readPast } from './read-past.ts'

export interface Reading {
  readonly connected: Promise<'connected'>
  /** Takes up the jobs that run, then lets commands through. */
  begin(): Promise<void>
  readonly failed: Promise<unknown>
  readonly done: readonly Promise<void>[]
}

/** How a service finds out what runs already. */
export interface TakingUp {
  readonly startsDefaults: boolean
  /** Other processes share the streams: their status is followed on. */
  readonly isShared: boolean
  announce(): void
  readonly core: Pick<LiveDataCore, 'hasSeenItself'>
}

export interface ReadingOptions {
  readonly upstream: Bus
  readonly downstream: Bus
  readonly signal: AbortSignal
  readonly step: (event: CoreEvent) => void
  readonly rawTopics: readonly string[]
  readonly topics: ReturnType<typeof liveDataTopics>
  readonly onState: (isConnected: boolean) => void
  readonly log: Logger
  /** null: what ran before is nothing to this service; commands are taken from now on. */
  readonly takesUp: TakingUp | null
}

/** Commands and answers that are looked through for what runs. */
const pastCommands = 2_000
const pastAnswers = 5_000
const pastRegions = 1_000
/** Status older than that tells nothing. */
const statusMs = 60_000
const announcedMs = 10_000

/** Tails the raw topics, the commands and the region requests from their ends. */
export function startReading(options: ReadingOptions): Reading {
  const { upstream, downstream, signal, step, topics, takesUp } = options
  const connections: Promise<void>[] = []
  const tail = (bus: Bus, topic: string, onRecords: (records: readonly BusRecord[]) => void) => {
    let connectedOnce = (): void => undefined
    connections.push(new Promise((resolve) => (connectedOnce = resolve)))
    return bus.tail({
      topic,
      from: 'latest',
      signal,
      onRecords,
      onState: (state) => {
        options.onState(state === 'connected')
        if (state === 'connected') connectedOnce()
      },
    })
  }
  const gate = controlGate(options)
  if (takesUp === null) gate.open([])
  const done = [
    ...options.rawTopics.map((topic) =>
      tail(upstream, topic, (records) =>
        step({ kind: 'records', records: records.flatMap(rawOf), nowMs: Date.now() }),
      ),
    ),
    tail(downstream, topics.commands, (records) => gate.take(records)),
    tail(downstream, topics.roi, (records) => gate.take(records)),
  ]
  const failed = new Promise<unknown>((resolve) => {
    for (const each of done) each.catch(resolve)
  })
  return {
    connected: Promise.all(connections).then(() => 'connected' as const),
    begin: () => (takesUp === null ? Promise.resolve() : takeUp(options, { takesUp, gate })),
    failed,
    done,
  }
}

interface ControlGate {
  take(records: readonly BusRecord[]): void
  /** Lets through what came meanwhile, but for what was read as the past of its topic. */
  open(past: readonly (readonly [topic: string, ends: ReadonlyMap<number, bigint>])[]): void
}

/** Commands and regions wait until it is known what runs. A person sends a few; they are not bounded but by time. */
function controlGate({ step, topics }: ReadingOptions): ControlGate {
  let waiting: BusRecord[] | null = []
  const pass = (record: BusRecord): void => {
    const { topic, key, value } = record
    if (value === null) return
    if (topic === topics.roi) step({ kind: 'roi', value, nowMs: Date.now() })
    else step({ kind: 'command', record: { key, value }, nowMs: Date.now() })
  }
  return {
    take(records) {
      if (waiting === null) records.forEach(pass)
      else waiting.push(...records)
    },
    open(past) {
      const ends = new Map(past)
      const later = waiting ?? []
      waiting = null
      for (const record of later)
        if (record.offset >= (ends.get(record.topic)?.get(record.partition) ?? 0n)) pass(record)
    },
  }
}

async function takeUp(
  options: ReadingOptions,
  { takesUp, gate }: { readonly takesUp: TakingUp; readonly gate: ControlGate },
): Promise<void> {
  const { downstream: bus, topics, signal, step, log } = options
  await followStatus(options, takesUp)
  const past = (topic: string, last: number) => readPast(bus, { topic, from: { last }, signal, log })
  const [commands, answers, regions] = await Promise.all([
    past(topics.commands, pastCommands),
    past(topics.responses, pastAnswers),
    past(topics.roi, pastRegions),
  ])
  if (signal.aborted) return
  step({
    kind: 'resume',
    commands: commands.records.flatMap(({ key, value, timestampMs }) =>
      value === null ? [] : [{ key, value, timestampMs }],
    ),
    answers: answers.records.flatMap(({ value }) => (value === null ? [] : [value])),
    startsDefaults: takesUp.startsDefaults,
    nowMs: Date.now(),
  })
  for (const { value } of regions.records) if (value !== null) step({ kind: 'roi', value, nowMs: Date.now() })
  gate.open([
    [topics.commands, commands.ends],
    [topics.roi, regions.ends],
  ])
}

/** Says that this process is there, and reads the status of the others until its own comes by. */
async function followStatus({ downstream, topics, signal, step, log }: ReadingOptions, takesUp: TakingUp) {
  const enough = new AbortController()
  const ended = takesUp.isShared ? signal : AbortSignal.any([signal, enough.signal])
  let seen = (): void => undefined
  const sawItself = new Promise<void>((resolve) => (seen = resolve))
  const reading = downstream.tail({
    topic: topics.heartbeat,
    from: { timestampMs: Date.now() - statusMs },
    signal: ended,
    onRecords: (records) => {
      for (const { value, timestampMs: atMs } of records)
        if (value !== null) step({ kind: 'heartbeat', value, atMs })
      if (takesUp.core.hasSeenItself()) seen()
    },
  })
  takesUp.announce()
  const late = setTimeout(() => {
    log.warn('livedata.past-unread', { topic: topics.heartbeat })
    seen()
  }, announcedMs)
  // A broker that goes away ends the tails of the raw topics too, which ends the service.
  reading.then(seen, (error: unknown) => {
    log.warn('livedata.status-unread', { err: error })
    seen()
  })
  await sawItself
  clearTimeout(late)
  enough.abort()
}

function rawOf({ topic, value, timestampMs }: BusRecord) {
  return value === null ? [] : [{ topic, value, timestampMs }]
}
