import type { BusAdmin } from '@beamtime/bus'
import type { GroupLag } from './play-progress.ts'

const intervalMs = 1_000
/** Groups that are looked at; a busy cluster has thousands that have nothing to do with the play. */
const maxGroups = 100

/** Looks once a second how far behind the consumer groups of some topics are. */
export class GroupWatch {
  readonly #admin: BusAdmin
  readonly #topics: ReadonlySet<string>
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | null = null
  lags: readonly GroupLag[] = []

  constructor(admin: BusAdmin, topics: readonly string[]) {
    this.#admin = admin
    this.#topics = new Set(topics)
    this.#timer = setInterval(() => {
      this.#running ??= this.refresh().finally(() => (this.#running = null))
    }, intervalMs)
    this.#timer.unref()
  }

  async refresh(): Promise<void> {
    try {
      const groups = await this.#admin.listGroups()
      const lags: GroupLag[] = []
      for (const { groupId } of groups.slice(0, maxGroups)) {
        const perTopic = new Map<string, number>()
        for (const { topic, lag } of await this.#admin.groupLag(groupId))
          if (this.#topics.has(topic)) perTopic.set(topic, (perTopic.get(topic) ?? 0) + Number(lag))
        for (const [topic, lag] of perTopic) lags.push({ group: groupId, topic, lag })
      }
      this.lags = lags
    } catch {
      // Whoever may write to a topic need not be allowed to see its groups; what was known last stays.
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }
}
