import { setTimeout as delay } from 'node:timers/promises'
import { unixSeconds, type DocumentEncoder, type NamedDocument } from '@beamtime/event-model'
import { retryDelay, type Logger } from '@beamtime/service-kit'
import { WorkerHostError } from '../error.ts'
import { composeLostStop, type OpenRuns } from '../spool/open-runs.ts'
import type { SpoolBatch, SpoolLog } from '../spool/spool-log.ts'
import { createOversizeHandler } from './oversize-document.ts'
import type { SinkTransport } from './sink-transport.ts'

export interface SinkState {
  /** False while the bus does not take documents. */
  readonly ok: boolean
  /** Documents that wait for the bus. */
  readonly pending: number
  readonly pendingBytes: number
  readonly detail: string
}

export interface DocumentsSinkOptions {
  readonly transport: SinkTransport
  readonly encoder: DocumentEncoder
  /** This process's log, and those of dead processes that go first, oldest first. */
  readonly own: SpoolLog
  readonly openRuns: OpenRuns
  readonly adopted: readonly SpoolLog[]
  readonly spoolDir: string
  readonly spoolMaxBytes: number
  readonly onUnavailable: 'spool' | 'block' | 'fail'
  readonly log: Logger
  onState(state: SinkState): void
  /** A batch that is not acknowledged within this time means that the bus is not there. Default 1 000 ms. */
  readonly stallMs?: number
}

/** Takes documents in order, keeps them on disk until the bus has acknowledged them. */
export interface DocumentsSink {
  /** On disk (in the operating system's hands) when it returns. Throws WORKER_SPOOL_IO, and WORKER_SPOOL_FULL for any
   * document but a stop when the spool is 64 MiB above its limit. */
  write(document: NamedDocument, encoded?: Uint8Array): void
  /** Writes a stop document for each run that has none: their engine is dead. */
  closeRuns(): void
  /** Asked at each checkpoint. null: go on. A promise: wait for it; under policy `fail` it rejects at once with
   * WORKER_BUS_UNAVAILABLE. */
  admit(): Promise<void> | null
  readonly state: SinkState
  /** Resolves with true when everything is on the bus, with false after `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>
  /** Makes what is spooled survive a power loss. */
  sync(): Promise<void>
  /** Stops sending; what is not acknowledged stays on disk for the next worker host. */
  close(): Promise<void>
}

const batchRecords = 1000
const batchBytes = 1024 * 1024
const overshootBytes = 64 * 1024 * 1024
const stateEveryMs = 1000

export function openDocumentsSink(options: DocumentsSinkOptions): DocumentsSink {
  const { own, openRuns, log, transport, encoder } = options
  const oversize = createOversizeHandler({ transport, encoder, spoolDir: options.spoolDir, log })
  const adopted = [...options.adopted]
  const stop = new AbortController()
  const waiting = new Set<() => void>()
  let wake: (() => void) | null = null
  let ok = true
  let detail = ''
  let reported: SinkState = { ok: true, pending: 0, pendingBytes: 0, detail: '' }
  let reportedAtMs = 0

  function currentState(): SinkState {
    let pending = own.pendingRecords
    let pendingBytes = own.pendingBytes
    for (const spool of adopted) {
      pending += spool.pendingRecords
      pendingBytes += spool.pendingBytes
    }
    return { ok, pending, pendingBytes, detail }
  }

  function report(): void {
    const state = currentState()
    const nowMs = performance.now()
    const changed = state.ok !== reported.ok || state.detail !== reported.detail
    const drained = state.pending === 0 && !state.ok !== (reported.pending === 0)
    if (!changed && !(!ok && nowMs - reportedAtMs >= stateEveryMs) && !drained) return
    reported = state
    reportedAtMs = nowMs
    options.onState(state)
  }

  function setHealth(healthy: boolean, text: string): void {
    if (healthy !== ok) {
      if (healthy) log.info('sink.connected', { pending: currentState().pending })
      else log.warn('sink.unavailable', { detail: text, pending: currentState().pending })
    }
    ok = healthy
    detail = text
    report()
    if (mayGoOn()) for (const release of waiting) release()
  }

  function mayGoOn(): boolean {
    const full = currentState().pendingBytes >= options.spoolMaxBytes
    return !full && (ok || options.onUnavailable !== 'block')
  }

  async function sendForEver(): Promise<void> {
    await withPatience(() => transport.prepare(stop.signal))
    while (!stop.signal.aborted) {
      const source = adopted[0] ?? own
      const batch = source.next(batchRecords, batchBytes)
      if (batch !== null) {
        await withPatience(() => sendBatch(batch))
        if (stop.signal.aborted) return
        source.acknowledge(batch)
        if (mayGoOn()) for (const release of waiting) release()
        if (!ok) report()
      } else if (source === own) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else {
        source.close()
        adopted.shift()
      }
    }
  }

  async function sendBatch(batch: SpoolBatch): Promise<void> {
    try {
      await transport.send(batch.key, batch.payloads)
    } catch (error) {
      if (codeOf(error) !== 'BUS_RECORD_TOO_LARGE') throw error
      for (const payload of batch.payloads) await oversize.send(batch.key, payload)
    }
  }

  /** Repeats until it succeeds or the sink is closed; notices a stall on the way. */
  async function withPatience(action: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !stop.signal.aborted; attempt += 1) {
      const stall = setInterval(
        () => setHealth(false, ok ? 'the bus does not answer' : detail),
        options.stallMs ?? 1000,
      )
      try {
        await untilClosed(action())
        setHealth(true, '')
        return
      } catch (error) {
        if (stop.signal.aborted) return
        setHealth(false, describe(error))
      } finally {
        clearInterval(stall)
      }
      await delay(retryDelay(attempt, { minMs: 100, maxMs: 5000 }), undefined, { signal: stop.signal }).catch(
        () => undefined,
      )
    }
  }

  async function untilClosed(action: Promise<void>): Promise<void> {
    let giveUp: () => void = () => undefined
    const closed = new Promise<void>((resolve) => {
      giveUp = resolve
      stop.signal.addEventListener('abort', giveUp, { once: true })
    })
    try {
      await Promise.race([action, closed])
    } finally {
      stop.signal.removeEventListener('abort', giveUp)
    }
  }

  const sending = sendForEver()

  const sink: DocumentsSink = {
    write(document, encoded) {
      if (document[0] !== 'stop' && currentState().pendingBytes >= options.spoolMaxBytes + overshootBytes) {
        throw spoolFull(options.spoolMaxBytes)
      }
      own.append(encoded ?? encoder.encode(document))
      // The encoder has to know the descriptors, or halves of a large page lose their float columns.
      if (encoded !== undefined && document[0] === 'descriptor') encoder.encode(document)
      openRuns.observe(document)
      if (wake !== null) {
        wake()
        wake = null
      }
      if (!ok) report()
    },
    closeRuns() {
      const time = unixSeconds(Date.now() / 1000)
      for (const run of openRuns.snapshot()) sink.write(['stop', composeLostStop(run, time)])
    },
    admit() {
      if (!ok && options.onUnavailable === 'fail') return Promise.reject(busUnavailable(detail))
      if (mayGoOn()) return null
      return new Promise<void>((resolve) => {
        const release = (): void => {
          waiting.delete(release)
          resolve()
        }
        waiting.add(release)
      })
    },
    get state() {
      return currentState()
    },
    async flush(timeoutMs) {
      const deadline = performance.now() + timeoutMs
      while (currentState().pending > 0) {
        if (performance.now() >= deadline || stop.signal.aborted) return false
        await delay(5)
      }
      return true
    },
    sync: () => own.sync(),
    async close() {
      if (stop.signal.aborted) return
      stop.abort()
      wake?.()
      for (const release of waiting) release()
      await sending
      for (const spool of adopted) spool.close()
      own.close()
      await Promise.race([transport.close(), delay(1000, undefined, { ref: false })])
    },
  }
  return sink
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function spoolFull(limitBytes: number): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_SPOOL_FULL',
    message: `the document spool is above its limit of ${limitBytes} bytes and the bus takes nothing`,
    fault: 'environment',
    remedy: 'Bring the bus back, or raise bus.spool_max_bytes.',
    canRetry: true,
  })
}

function busUnavailable(detail: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_BUS_UNAVAILABLE',
    message: `the bus does not take documents: ${detail}`,
    fault: 'environment',
    remedy: 'Bring the bus back, or set bus.on_unavailable to "spool".',
    canRetry: true,
  })
}
