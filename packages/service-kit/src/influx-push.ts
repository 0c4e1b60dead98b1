import { ConfigError } from './config-error.ts'
import { influxLines } from './influx-lines.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export interface InfluxPushOptions {
  /** Section `metrics`, key `influx_url`. */
  readonly url: string
  readonly metrics: Metrics
  /** Prometheus texts of processes that belong to this one and do not push themselves. */
  readonly others?: () => Promise<readonly string[]>
  readonly log: Logger
  /** Default 10 000. */
  readonly periodMs?: number
  /** What waits while the database is away; the oldest goes when it is full. Default 4 MiB. */
  readonly maxWaitingBytes?: number
}

export interface InfluxPush {
  /** Collects and sends now; resolves when that was tried. */
  push(): Promise<void>
  /** Sends a last time. May be called twice. */
  close(): Promise<void>
}

const answerTimeoutMs = 10_000
const lastTimeoutMs = 2_000
const kept = 200

/** Answers with which the same lines would be refused again: they read wrongly, are too many, or come too late. */
const isRefusal = (status: number): boolean => status === 400 || status === 413 || status === 422

type Outcome = { readonly kind: 'taken' } | { readonly kind: 'refused' | 'away'; readonly reason: string }

/** Sends metrics to an InfluxDB every ten seconds. Throws CONFIG_INVALID when the address is none. */
export function startInfluxPush(options: InfluxPushOptions): InfluxPush {
  const push = new Pusher(options)
  const timer = setInterval(() => void push.push(), options.periodMs ?? 10_000)
  timer.unref()
  let closing: Promise<void> | null = null
  return {
    push: () => push.push(),
    close() {
      clearInterval(timer)
      closing ??= push.finish()
      return closing
    },
  }
}

class Pusher {
  readonly #options: InfluxPushOptions
  readonly #target: InfluxTarget
  readonly #lost: ReturnType<Metrics['counter']>
  #waiting: { readonly lines: number; readonly body: string }[] = []
  #waitingBytes = 0
  #isAway = false
  #running: Promise<void> = Promise.resolve()
  #isRunning = false
  #interrupt = new AbortController()

  constructor(options: InfluxPushOptions) {
    this.#options = options
    this.#target = influxTarget(options.url)
    this.#lost = options.metrics.counter(
      'beamtime_influx_lost_lines_total',
      'Metrics that the InfluxDB of metrics.influx_url did not take.',
    )
    this.#lost.inc({}, 0)
  }

  /** One at a time: while the database is slow nothing new is collected. */
  push(): Promise<void> {
    if (!this.#isRunning) this.#running = this.#run(answerTimeoutMs)
    return this.#running
  }

  /** What is under way is given up for a last, short try. */
  async finish(): Promise<void> {
    this.#interrupt.abort()
    await this.#running
    this.#interrupt = new AbortController()
    await this.#run(lastTimeoutMs)
  }

  async #run(timeoutMs: number): Promise<void> {
    this.#isRunning = true
    try {
      await this.#collect()
      await this.#send(timeoutMs)
    } catch (error) {
      this.#options.log.warn('metrics.push-failed', { reason: String(error) })
    }
    this.#isRunning = false
  }

  async #collect(): Promise<void> {
    const { metrics, others, maxWaitingBytes = 4_194_304 } = this.#options
    const atMs = Date.now()
    const texts = [await metrics.text(), ...((await others?.()) ?? [])]
    const lines = texts.flatMap((text) => influxLines(text, atMs))
    if (lines.length === 0) return
    const body = `${lines.join('\n')}\n`
    this.#waiting.push({ lines: lines.length, body })
    this.#waitingBytes += body.length
    while (this.#waitingBytes > maxWaitingBytes) this.#drop()
  }

  #drop(): void {
    const oldest = this.#waiting.shift()
    if (oldest === undefined) return
    this.#waitingBytes -= oldest.body.length
    this.#lost.inc({}, oldest.lines)
  }

  /** Oldest first, until all is there or the database does not answer. */
  async #send(timeoutMs: number): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const outcome = await this.#post(next.body, timeoutMs)
      if (outcome.kind === 'away') return this.#noteAway(outcome.reason)
      if (this.#isAway) this.#options.log.info('metrics.push-resumed', { url: this.#target.shown })
      this.#isAway = false
      if (outcome.kind === 'taken') {
        this.#waiting.shift()
        this.#waitingBytes -= next.body.length
        continue
      }
      this.#options.log.warn('metrics.push-refused', { url: this.#target.shown, reason: outcome.reason })
      this.#drop()
    }
  }

  #noteAway(reason: string): void {
    if (!this.#isAway) this.#options.log.warn('metrics.push-failed', { url: this.#target.shown, reason })
    this.#isAway = true
  }

  async #post(body: string, timeoutMs: number): Promise<Outcome> {
    const { url, headers } = this.#target
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#interrupt.signal])
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
      const said = (await answer.text()).slice(0, kept)
      if (answer.ok) return { kind: 'taken' }
      const reason = `${answer.status} ${said}`.trim()
      return { kind: isRefusal(answer.status) ? 'refused' : 'away', reason }
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return { kind: 'away', reason: cause instanceof Error ? cause.message : String(cause) }
    }
  }
}

interface InfluxTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Without secrets, for the log. */
  readonly shown: string
}

/**
 * Where and how to write. A bare address means InfluxDB 1 and its database `beamtime`. A password is sent as the token of
 * InfluxDB 2 and 3 (path /api/...), else with the user's name.
 */
export function influxTarget(text: string): InfluxTarget {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new ConfigError({
      code: 'CONFIG_INVALID',
      message: 'metrics.influx_url is no address',
      remedy: 'write e.g. "http://127.0.0.1:8086/write?db=beamtime"',
    })
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  url.username = ''
  url.password = ''
  if (url.pathname === '/') url.pathname = '/write'
  if (url.pathname === '/write' && !url.searchParams.has('db')) url.searchParams.set('db', 'beamtime')
  url.searchParams.set('precision', 'ms')
  const shown = `${url.origin}${url.pathname}`
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  const login = url.pathname.startsWith('/api/') ? `Token ${password}` : `Basic ${basic}`
  return {
    url: url.href,
    shown,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...(user === '' && password === '' ? {} : { authorization: login }),
    },
  }
}
