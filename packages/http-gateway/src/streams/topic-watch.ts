import type { Bus } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { GroupState, GroupTopicLag, TopicsSnap, TopicSummary } from '../ui-types.ts'

const lookEveryMs = 1_000
/** Groups change slowly, and each takes a request of its own. */
const groupsEveryMs = 2_000
/** Over so long a rate is taken. */
const rateSpanMs = 5_000

/** What is on the bus, looked at once a second while somebody listens. */
export interface TopicWatch {
  /** Null before the first look. */
  readonly snap: TopicsSnap | null
  /** Called after each look. The last one to stop listening ends the looking. */
  readonly onLook: Listeners<TopicsSnap>['listen']
  /** A look now, for callers that do not listen. */
  look(): Promise<TopicsSnap>
  /** What a topic was found to hold. */
  setFormat(topic: string, format: string): void
  close(): void
}

interface Seen {
  readonly samples: { readonly atMs: number; readonly latest: number }[]
  lastMs: number | null
  format: string | null
  hasTried: boolean
}

/** `learnFormat` looks at the newest message of a topic, once, and tells `setFormat`. */
export function watchTopics(
  bus: Bus,
  log: Logger,
  learnFormat: (topic: string) => Promise<void>,
): TopicWatch {
  return new BusTopicWatch(bus, log, learnFormat)
}

class BusTopicWatch implements TopicWatch {
  readonly #bus: Bus
  readonly #log: Logger
  readonly #learnFormat: (topic: string) => Promise<void>
  readonly #news = listeners<TopicsSnap>()
  readonly #seen = new Map<string, Seen>()
  #listening = 0
  #timer: NodeJS.Timeout | null = null
  #running: Promise<TopicsSnap> | null = null
  #groups: readonly GroupState[] = []
  #groupsAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false
  snap: TopicsSnap | null = null

  constructor(bus: Bus, log: Logger, learnFormat: (topic: string) => Promise<void>) {
    this.#bus = bus
    this.#log = log
    this.#learnFormat = learnFormat
  }

  readonly onLook: TopicWatch['onLook'] = (callback) => {
    const stop = this.#news.listen(callback)
    this.#listening++
    if (this.#listening === 1) this.#loop()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      stop()
      this.#listening--
      if (this.#listening === 0 && this.#timer !== null) {
        clearTimeout(this.#timer)
        this.#timer = null
      }
    }
  }

  #loop(): void {
    const began = performance.now()
    void this.look().then((snap) => {
      if (this.#listening === 0 || this.#isClosed) return
      this.#news.emit(snap)
      this.#timer = setTimeout(() => this.#loop(), Math.max(100, lookEveryMs - (performance.now() - began)))
    })
  }

  look(): Promise<TopicsSnap> {
    this.#running ??= this.#lookOnce().finally(() => (this.#running = null))
    return this.#running
  }

  async #lookOnce(): Promise<TopicsSnap> {
    try {
      const { admin } = this.#bus
      const names = await admin.listTopics()
      if (performance.now() - this.#groupsAtMs > groupsEveryMs) {
        this.#groups = await readGroups(this.#bus)
        this.#groupsAtMs = performance.now()
      }
      const topics: TopicSummary[] = []
      for (const name of names) {
        // A topic may go away between the two questions.
        const offsets = await admin.offsets(name).catch(() => null)
        if (offsets !== null) topics.push(this.#summary(name, offsets))
      }
      for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name)
      await this.#learnOne(topics)
      const rate = topics.reduce((sum, topic) => sum + (topic.isInternal ? 0 : (topic.rate ?? 0)), 0)
      this.snap = { topics, groups: this.#groups, rate, error: null }
    } catch (error) {
      this.#log.debug('topics.look-failed', { err: error })
      const text = error instanceof Error ? error.message : String(error)
      this.snap = { topics: [], groups: [], rate: 0, ...this.snap, error: text }
    }
    return this.snap
  }

  /** One topic a look: a bus of hundreds is not read all at once. */
  async #learnOne(topics: readonly TopicSummary[]): Promise<void> {
    const unknown = topics.find(({ name, format, messages, isInternal }) => {
      const hasTried = this.#seen.get(name)?.hasTried === true
      return format === null && messages > 0 && !isInternal && !hasTried
    })
    const seen = unknown === undefined ? undefined : this.#seen.get(unknown.name)
    if (unknown === undefined || seen === undefined) return
    seen.hasTried = true
    // A topic that cannot be read now is listed all the same.
    await this.#learnFormat(unknown.name).catch(() => undefined)
  }

  #summary(
    name: string,
    offsets: readonly { readonly earliest: bigint; readonly latest: bigint }[],
  ): TopicSummary {
    const latest = offsets.reduce((sum, one) => sum + Number(one.latest), 0)
    const earliest = offsets.reduce((sum, one) => sum + Number(one.earliest), 0)
    const seen = this.#seen.get(name) ?? { samples: [], lastMs: null, format: null, hasTried: false }
    this.#seen.set(name, seen)
    const now = Date.now()
    const before = seen.samples.at(-1)
    if (before !== undefined && latest > before.latest) seen.lastMs = now
    seen.samples.push({ atMs: now, latest })
    while (seen.samples.length > 2 && now - (seen.samples[1]?.atMs ?? now) >= rateSpanMs) seen.samples.shift()
    const oldest = seen.samples[0]
    const lags = this.#groups.flatMap((group) => group.topics.filter(({ topic }) => topic === name))
    return {
      name,
      isInternal: name.startsWith('__'),
      partitions: offsets.length,
      messages: latest - earliest,
      rate:
        oldest === undefined || oldest.atMs === now
          ? null
          : Math.max(0, ((latest - oldest.latest) * 1_000) / (now - oldest.atMs)),
      lastMs: seen.lastMs,
      lagMax: lags.length === 0 ? null : Math.max(...lags.map(({ lag }) => lag)),
      groups: lags.length,
      format: seen.format,
    }
  }

  setFormat(topic: string, format: string): void {
    const seen = this.#seen.get(topic)
    if (seen !== undefined) seen.format = format
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }
}

/** All groups with what they have not read yet. */
async function readGroups({ admin }: Bus): Promise<readonly GroupState[]> {
  const groups: GroupState[] = []
  for (const { groupId, state } of await admin.listGroups()) {
    const described = await admin.describeGroup(groupId).catch(() => null) // it may be gone
    const lags = await admin.groupLag(groupId).catch(() => [])
    const topics = lagsByTopic(lags)
    groups.push({
      id: groupId,
      state: described?.state ?? state,
      members: described?.members.length ?? 0,
      lag: topics.reduce((sum, { lag }) => sum + lag, 0),
      topics,
    })
  }
  return groups
}

export function lagsByTopic(lags: Awaited<ReturnType<Bus['admin']['groupLag']>>): readonly GroupTopicLag[] {
  const topics = Map.groupBy(lags, ({ topic }) => topic)
  return Array.from(topics, ([topic, partitions]) => ({
    topic,
    lag: partitions.reduce((sum, { lag }) => sum + Number(lag), 0),
    partitions: partitions.map(({ partition, committed, latest, lag }) => ({
      partition,
      committed: Number(committed),
      latest: Number(latest),
      lag: Number(lag),
    })),
  })).toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
}
