import { Redis } from 'ioredis'
import { isQueueItem, type HistoryEntry, type QueueItem } from './core/item.ts'
import { isPlainObject } from './core/plain-object.ts'
import {
  storedValueNames,
  type StoreChange,
  type StoredState,
  type StoredValueName,
} from './core/store-change.ts'
import { QueueManagerError } from './error.ts'
import { parseJson } from './json-codec.ts'
import { writePythonJson } from './python-json.ts'
import type { QueueStore } from './queue-store.ts'
import { parseRedisAddress, withoutPassword } from './redis-address.ts'
import { insertCommands, removeCommands, type MirroredElement, type RedisCommand } from './redis-lists.ts'
import { lockFromRedis, lockToRedis } from './redis-lock.ts'

export interface RedisStoreOptions {
  /** As `--redis-addr` takes it. */
  readonly address: string
  /** Name prefix without its underscore; '' = none. */
  readonly prefix: string
  /** As the manager hashes lock keys. */
  readonly hash: (text: string) => string
  /** How long an answer may take before the store counts as lost. Default 5 000 ms. */
  readonly timeoutMs?: number
}

const maxLinks = 10_000

/**
 * Queue, history and modes in Redis, under the keys and in the texts of the queue server, so that either manager can
 * take over from the other. As durable as that Redis is configured. Rejects with QUEUE_STORE_UNUSABLE.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<QueueStore> {
  const { tls, ...address } = parseRedisAddress(options.address)
  const timeoutMs = options.timeoutMs ?? 5_000
  const redis = new Redis({
    ...address,
    ...(tls ? { tls: {} } : {}),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    // A transaction whose answer was lost may have happened: it must not be sent twice.
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
  })
  redis.on('error', () => undefined) // each command that fails says so itself
  try {
    await redis.connect()
    await redis.ping()
    return new RedisStore(redis, options)
  } catch (cause) {
    redis.disconnect()
    throw storeLost(options.address, cause)
  }
}

function storeLost(address: string, cause: unknown): QueueManagerError {
  return new QueueManagerError({
    code: 'QUEUE_STORE_UNUSABLE',
    message: `Redis at ${withoutPassword(address)} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
    fault: 'environment',
    remedy: 'Start Redis or correct its address.',
    canRetry: true,
    cause,
  })
}

class RedisStore implements QueueStore {
  readonly #redis: Redis
  readonly #options: RedisStoreOptions
  /** The queue as Redis has it, with the texts that are there, whoever wrote them. */
  #queue: readonly MirroredElement[] = []

  constructor(redis: Redis, options: RedisStoreOptions) {
    this.#redis = redis
    this.#options = options
  }

  #key(name: string): string {
    const { prefix } = this.#options
    return prefix === '' ? name : `${prefix}_${name}`
  }

  async load(): Promise<StoredState> {
    const texts = await this.#redis.lrange(this.#key('plan_queue'), 0, -1)
    const read = texts.map((text) => ({ text, item: parsed(text) }))
    const items = read.flatMap(({ text, item }) => (isQueueItem(item) ? [{ text, item }] : []))
    this.#queue = items.map(({ text, item }) => ({ uid: item.item_uid, text }))
    if (items.length < read.length) await this.#rewriteQueue()
    const running = await this.#value('running_plan')
    const values: Partial<Record<StoredValueName, unknown>> = {}
    for (const name of storedValueNames) {
      const value = await this.#value(redisName(name))
      if (value !== undefined)
        values[name] = name === 'lock_info' ? lockFromRedis(value, this.#options.hash) : value
    }
    return {
      items: items.map(({ item }) => item),
      running: isQueueItem(running) ? running : null,
      history: await this.#history(),
      values,
      links: await this.#links(),
    }
  }

  /** Elements that are no items are dropped, as the queue server does. */
  async #rewriteQueue(): Promise<void> {
    const key = this.#key('plan_queue')
    const texts = this.#queue.map(({ text }) => text)
    await this.#run([['del', key], ...(texts.length === 0 ? [] : [['rpush', key, ...texts] as const])])
  }

  async #history(): Promise<HistoryEntry[]> {
    const texts = await this.#redis.lrange(this.#key('plan_history'), 0, -1)
    return texts.flatMap((text) => {
      const entry = parsed(text)
      return isQueueItem(entry) && isPlainObject(entry['result']) ? [entry as HistoryEntry] : []
    })
  }

  async #links(): Promise<(readonly [string, string])[]> {
    const texts = await this.#redis.lrange(this.#key('beamtime_item_links'), 0, -1)
    return texts.flatMap((text) => {
      const pair = parsed(text)
      if (!Array.isArray(pair)) return []
      const [from, to] = pair as unknown[]
      return typeof from === 'string' && typeof to === 'string' ? [[from, to] as const] : []
    })
  }

  async #value(name: string): Promise<unknown> {
    const text = await this.#redis.get(this.#key(name))
    return text === null || text === '' ? undefined : parsed(text)
  }

  async apply(changes: readonly StoreChange[]): Promise<void> {
    const before = this.#queue
    try {
      await this.#run(changes.flatMap((change) => this.#commands(change)))
    } catch (cause) {
      this.#queue = before
      throw storeLost(this.#options.address, cause)
    }
  }

  async #run(commands: readonly RedisCommand[]): Promise<void> {
    if (commands.length === 0) return
    const results = await this.#redis.multi(commands.map((command) => [...command])).exec()
    const failure = results?.find(([error]) => error !== null)?.[0]
    if (results === null) throw new Error('the transaction was refused')
    if (failure !== undefined && failure !== null) throw failure
  }

  #commands(change: StoreChange): readonly RedisCommand[] {
    const queue = this.#key('plan_queue')
    const history = this.#key('plan_history')
    switch (change.kind) {
      case 'insert-items': {
        const added = change.items.map(mirrored)
        const commands = insertCommands(queue, this.#queue, { index: change.index, added })
        this.#queue = this.#queue.toSpliced(change.index, 0, ...added)
        return commands
      }
      case 'remove-items':
        return this.#remove(new Set(change.uids))
      case 'replace-item':
        return this.#replace(change.uid, change.item)
      case 'clear-items':
        this.#queue = []
        return [['del', queue]]
      case 'set-running':
        return [['set', this.#key('running_plan'), writePythonJson(change.item ?? {})]]
      case 'append-history':
        return [['rpush', history, writePythonJson(change.entry)]]
      case 'drop-oldest-history':
        return [['ltrim', history, change.count, -1]]
      case 'clear-history':
        return [['del', history]]
      case 'link-items': {
        const links = this.#key('beamtime_item_links')
        return [
          ['rpush', links, writePythonJson([change.from, change.to])],
          ['ltrim', links, -maxLinks, -1],
        ]
      }
      case 'set-value':
        return this.#setValue(change.name, change.value)
    }
  }

  #setValue(name: StoredValueName, value: unknown): readonly RedisCommand[] {
    const key = this.#key(redisName(name))
    if (value === null || value === undefined) return [['del', key]]
    return [['set', key, writePythonJson(name === 'lock_info' ? lockToRedis(value) : value)]]
  }

  #remove(uids: ReadonlySet<string>): readonly RedisCommand[] {
    const commands = removeCommands(this.#key('plan_queue'), this.#queue, uids)
    this.#queue = this.#queue.filter(({ uid }) => !uids.has(uid))
    return commands
  }

  #replace(uid: string, item: QueueItem): readonly RedisCommand[] {
    const index = this.#queue.findIndex((element) => element.uid === uid)
    if (index < 0) return []
    const element = mirrored(item)
    this.#queue = this.#queue.with(index, element)
    return [['lset', this.#key('plan_queue'), index, element.text]]
  }

  close(): void {
    this.#redis.disconnect()
  }
}

/** What the queue server does not know has our name before it. */
function redisName(name: StoredValueName): string {
  return name === 'proposals' ? 'beamtime_proposals' : name
}

function mirrored(item: QueueItem): MirroredElement {
  return { uid: item.item_uid, text: writePythonJson(item) }
}

/** undefined when the text is no JSON. */
function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
