import type { ConfigProblem } from '@beamtime/service-kit'
import { defaultTopic, queueNames } from './queue-names.ts'
import type { Config } from './load-config.ts'

type Values = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** What no section can see by itself: ports, topics and addresses used twice, listening to the world without a login. */
export function crossChecks(config: Config, values: Values): readonly ConfigProblem[] {
  const problem = (key: string, what: string, remedy: string): ConfigProblem => ({
    severity: 'error',
    key,
    position: config.locate(key.split('.')),
    what,
    remedy,
  })
  return [
    ...portsUsedTwice(config, values).map(([key, other, port]) =>
      problem(key, `port ${port} is also the one of ${other}`, `give one of them another port`),
    ),
    ...queuesThatShare(config, values).map(([key, other, what]) =>
      problem(key, `same ${what} as ${other}`, 'give each queue its own'),
    ),
    ...topicsLeftOut(config, values).map(([key, topic]) => ({
      ...problem(key, `store.topic_map leaves out ${topic}`, 'add it, or its runs go to the default catalog'),
      severity: 'warning' as const,
    })),
    ...badCatalogs(values).map(([key, catalog]) =>
      problem(
        key,
        `${JSON.stringify(catalog)} cannot name a database`,
        'use letters, digits, _ and -, 63 at most',
      ),
    ),
    ...openWithoutLogin(values).map((key) =>
      problem(
        key,
        'listens beyond this machine without a login',
        'set http.auth.single_user_key or http.auth.providers, or listen on 127.0.0.1',
      ),
    ),
    ...retentionBelowSpool(values).map((key) =>
      problem(key, 'is 0, so records would be gone before the store reads them', 'write 1 or more'),
    ),
  ]
}

/** Keys that hold addresses to listen on, with the addresses. */
export function listenAddresses(
  config: Config,
  values: Values,
): readonly (readonly [key: string, address: string])[] {
  const found: (readonly [string, string])[] = []
  const add = (key: string, address: unknown): void => {
    for (const one of Array.isArray(address) ? address : [address])
      if (typeof one === 'string' && /:\d+$/.test(one)) found.push([key, one.replace(/^tcp:\/\//, '')])
  }
  const usesCluster =
    ((values.get('bus')?.['bootstrap_servers'] as readonly string[] | undefined)?.length ?? 0) > 0
  if (!usesCluster) add('broker.listen', values.get('broker')?.['listen'])
  for (const name of queueNames(config)) {
    add(`queue.${name}.control`, values.get(`queue.${name}`)?.['control'])
    add(`queue.${name}.info`, values.get(`queue.${name}`)?.['info'])
  }
  add('http.listen', values.get('http')?.['listen'])
  add('metrics.listen', values.get('metrics')?.['listen'])
  return found
}

function portsUsedTwice(config: Config, values: Values): readonly (readonly [string, string, string])[] {
  const seen = new Map<string, string>()
  const found: (readonly [string, string, string])[] = []
  for (const [key, address] of listenAddresses(config, values)) {
    const port = address.slice(address.lastIndexOf(':') + 1)
    const other = seen.get(port)
    if (other !== undefined && port !== '0') found.push([key, other, port])
    else seen.set(port, key)
  }
  return found
}

function topicOf(values: Values, queue: string): string {
  const written = values.get(`queue.${queue}`)?.['topic']
  const instrument = values.get('facility')?.['instrument_id']
  return typeof written === 'string' && written !== ''
    ? written
    : defaultTopic(`${instrument as string}`, queue)
}

/** Addresses that are no TCP port (ipc://) are compared here; TCP ones by their port. */
function queuesThatShare(config: Config, values: Values): readonly (readonly [string, string, string])[] {
  const found: (readonly [string, string, string])[] = []
  const seen = new Map<string, string>()
  const isRedis = values.get('keyvalue')?.['mode'] === 'redis'
  for (const queue of queueNames(config)) {
    const table = values.get(`queue.${queue}`) ?? {}
    const claims: (readonly [string, string, unknown])[] = [
      ['topic', 'topic', topicOf(values, queue)],
      ...(isRedis ? [['redis_prefix', 'prefix', table['redis_prefix']] as const] : []),
      ...(['control', 'info'] as const).map((key) => [key, 'address', table[key]] as const),
    ]
    for (const [key, what, value] of claims) {
      if (typeof value !== 'string' || (what === 'address' && value.startsWith('tcp:'))) continue
      const id = `${what} ${value}`
      const other = seen.get(id)
      if (other !== undefined) found.push([`queue.${queue}.${key}`, other, what])
      else seen.set(id, `queue.${queue}.${key}`)
    }
  }
  return found
}

function topicMap(values: Values): Readonly<Record<string, unknown>> {
  return (values.get('store')?.['topic_map'] as Readonly<Record<string, unknown>> | undefined) ?? {}
}

/** Whoever writes a map means all queues; a topic that is not in it is mostly misspelt. */
function topicsLeftOut(config: Config, values: Values): readonly (readonly [string, string])[] {
  const map = topicMap(values)
  if (Object.keys(map).length === 0) return []
  return queueNames(config)
    .filter((queue) => values.get(`queue.${queue}`)?.['publish_documents'] !== false)
    .map((queue) => [`queue.${queue}.topic`, topicOf(values, queue)] as const)
    .filter(([, topic]) => map[topic] === undefined)
}

function badCatalogs(values: Values): readonly (readonly [string, string])[] {
  return Object.entries(topicMap(values))
    .filter(([, catalog]) => typeof catalog !== 'string' || !/^[A-Za-z0-9_-]{1,63}$/.test(catalog))
    .map(([topic, catalog]) => [`store.topic_map."${topic}"`, String(catalog)])
}

const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?):\d+$/

/** True for addresses that other machines reach. */
function isBeyondLoopback(address: string): boolean {
  return /:\d+$/.test(address) && !loopback.test(address.replace(/^\w+:\/\//, ''))
}

function openWithoutLogin(values: Values): readonly string[] {
  const listen = values.get('http')?.['listen']
  if (typeof listen !== 'string' || !isBeyondLoopback(listen)) return []
  const auth = values.get('http.auth') ?? {}
  const key = auth['single_user_key']
  const providers = auth['providers']
  const hasLogin =
    (typeof key === 'string' && key !== '') || (Array.isArray(providers) ? providers.length > 0 : false)
  return hasLogin ? [] : ['http.listen']
}

/** Records that wait in a spool of a day need a bus that keeps them at least as long. */
function retentionBelowSpool(values: Values): readonly string[] {
  return values.get('broker')?.['retention_hours'] === 0 ? ['broker.retention_hours'] : []
}
