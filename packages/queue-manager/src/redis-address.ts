import { QueueManagerError } from './error.ts'

export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username?: string
  readonly password?: string
  readonly tls: boolean
}

/**
 * Forms of the queue server (`host`, `host:port`, `host:port/db`, `user:password@host:port`) and whole URLs
 * (`redis://`, `rediss://`). Throws QUEUE_STORE_UNUSABLE.
 */
export function parseRedisAddress(text: string): RedisAddress {
  try {
    const url = new URL(text.includes('://') ? text : `redis://${text}`)
    const db = url.pathname.replace(/^\//, '')
    if (!['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '' || !/^\d*$/.test(db)) {
      throw new TypeError('unknown form')
    }
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? 6379 : Number(url.port),
      db: Number(db),
      tls: url.protocol === 'rediss:',
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    }
  } catch (cause) {
    throw new QueueManagerError({
      code: 'QUEUE_STORE_UNUSABLE',
      message: `'${withoutPassword(text)}' is no Redis address`,
      fault: 'caller',
      remedy: 'Give host, host:port, host:port/db, user:password@host:port or a redis:// URL.',
      cause,
    })
  }
}

/** For logs and errors. */
export function withoutPassword(address: string): string {
  return address.replace(/:[^:@/]*@/, ':***@')
}
