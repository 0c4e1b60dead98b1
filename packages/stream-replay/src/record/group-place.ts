import { Admin } from '@platformatic/kafka'
import type { BusOptions } from '@beamtime/bus'
import { ReplayError } from '../error.ts'

const commitIntervalMs = 1_000

/** Where a consumer group stands: a recording with a group begins there and moves it along. */
export class GroupPlace {
  readonly #group: string
  readonly #admin: Admin
  #committedMs = 0
  #last: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[] = []

  constructor(options: BusOptions, group: string) {
    this.#group = group
    const { security = 'plaintext', sasl, tls } = options
    this.#admin = new Admin({
      clientId: `${options.clientId}-group`,
      bootstrapBrokers: [...options.bootstrapServers],
      retries: 1,
      ...(security === 'ssl' || security === 'sasl_ssl' ? { tls: { ...tls } } : {}),
      ...(security.startsWith('sasl_') && sasl !== undefined ? { sasl } : {}),
    })
    this.#admin.on('error', () => undefined) // each failure also rejects the call that it belongs to
  }

  /** Offsets that the group has committed of a topic. */
  async committed(topic: string): Promise<ReadonlyMap<number, number>> {
    const [group] = await this.#call(this.#admin.listConsumerGroupOffsets({ groups: [this.#group] }))
    const found = group?.topics.find(({ name }) => name === topic)
    return new Map(
      (found?.partitions ?? [])
        .filter(({ committedOffset }) => committedOffset >= 0n)
        .map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
    )
  }

  /** Notes how far the recording has come; tells the broker about once a second. */
  async commit(
    places: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[],
  ): Promise<void> {
    this.#last = places.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
    if (performance.now() - this.#committedMs < commitIntervalMs) return
    this.#committedMs = performance.now()
    await this.#write()
  }

  async #write(): Promise<void> {
    if (this.#last.length === 0) return
    const byTopic = Map.groupBy(this.#last, ({ topic }) => topic)
    const topics = Array.from(byTopic, ([name, partitions]) => ({
      name,
      partitionOffsets: partitions.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) })),
    }))
    await this.#call(this.#admin.alterConsumerGroupOffsets({ groupId: this.#group, topics }))
  }

  async #call<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (cause) {
      throw new ReplayError({
        code: 'REPLAY_REFUSED_BY_BROKER',
        message: `group ${this.#group}: ${cause instanceof Error ? cause.message : String(cause)}`,
        remedy: 'Choose a group that no consumer is a member of.',
        cause,
      })
    }
  }

  async close(): Promise<void> {
    await this.#write().catch(() => undefined) // the broker may be what ended the recording
    await this.#admin.close()
  }
}
