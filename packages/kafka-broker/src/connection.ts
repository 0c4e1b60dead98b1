import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { AnswerSender } from './answer-sender.ts'
import type { HeldAnswer } from './answer-memory.ts'
import { ByteReader } from './core/byte-reader.ts'
import { ByteWriter } from './core/byte-writer.ts'
import type { ConnectionEvent } from './connection-event.ts'
import { isFlexible } from './core/codec.ts'
import { kafkaError } from './core/error-codes.ts'
import { FrameReader } from './core/frame-reader.ts'
import { ProtocolError } from './core/protocol-error.ts'
import { readRequestHeader, type RequestHeader, skipTaggedFields } from './core/request-header.ts'
import {
  type Api,
  type BrokerCore,
  type Call,
  closeConnection,
  noResponse,
  type Peer,
} from './handlers/api.ts'
import { apiVersions, supportedApis } from './handlers/api-versions.ts'
import { errorsIn } from './handlers/errors-in.ts'
import { encodeResponse } from './handlers/encode-response.ts'
import { takeToken } from './handlers/sasl-authenticate.ts'
import { RequestClaims } from './request-claims.ts'
import type { MemoryClaim, RequestMemory } from './request-memory.ts'
import {
  frameLimits,
  loginApis,
  maxPending,
  maxPendingBytes,
  maxUnsentBytes,
  needsLogin,
  pooledBytes,
  stalledFrameMs,
} from './connection-limits.ts'
import { plainAddress } from './listen-address.ts'
import { anonymous } from './security/access-rules.ts'
import type { SaslSession } from './security/sasl-session.ts'

export interface ConnectionOptions {
  readonly core: BrokerCore
  readonly memory: RequestMemory
  readonly maxRequestBytes: number
  readonly idleMs: number
  /** What this client is told as the broker's address; null = the address that it reached. */
  readonly advertised: { readonly host: string; readonly port: number } | null
  /** The login that this connection needs; null = none. */
  readonly sasl: SaslSession | null
  /** Subject of the client's certificate, if it showed one. */
  readonly certificateSubject: string | null
  /** Bytes come by {@link Connection.receive} instead of the socket's events. */
  readonly sharesReads: boolean
  readonly onEvent: (event: ConnectionEvent) => void
}

/** Said to those who wait; without a reason each connection would make an exception with a stack. */
const gone = 'the connection is closed'

/** An answer in its turn: null until it is there. */
interface Slot {
  chunks: readonly Uint8Array[] | null
  /** Memory of the request, 0 when it is given back. */
  claim: MemoryClaim | null
  /** Record data of the answer. */
  readonly answer: HeldAnswer
}

/** One client: cuts its bytes into requests, answers them in their order. */
export class Connection {
  readonly peer: Peer
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #frames: FrameReader
  readonly #closed = new AbortController()
  readonly #slots: Slot[] = []
  readonly #sender: AnswerSender
  readonly #claims: RequestClaims
  /** Of the requests that are being worked on. */
  #pendingBytes = 0
  #isPaused = false
  #clientId = ''

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    const { advertised } = options
    this.peer = {
      remoteHost: plainAddress(socket.remoteAddress),
      advertisedHost: advertised?.host ?? plainAddress(socket.localAddress),
      advertisedPort: advertised?.port ?? socket.localPort ?? 0,
      sasl: options.sasl,
      principal: options.certificateSubject ?? anonymous,
      isEnding: false,
      software: '',
      fetchCount: 0,
      signal: this.#closed.signal,
    }
    this.#sender = new AnswerSender(socket, () => this.#updateFlow())
    this.#claims = new RequestClaims(options.memory, {
      granted: () => this.#onMemory(),
      drop: () => this.#dropFor('sender-dropped'),
      isBusy: () => this.#pendingBytes > maxPendingBytes,
    })
    this.#frames = new FrameReader({
      limits: () => frameLimits(this.peer.sasl, options.maxRequestBytes),
      reserve: (bytes) => !this.#isPreparing && this.#claims.reserve(bytes),
      allocate: (bytes) =>
        bytes > pooledBytes ? options.core.frames.take(bytes) : Buffer.allocUnsafe(bytes),
      isShared: options.sharesReads,
      onFrame: (frame) => this.#onFrame(frame),
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.setTimeout(options.idleMs)
    if (!options.sharesReads) socket.on('data', (chunk) => this.receive(chunk))
    socket.on('drain', () => this.#updateFlow())
    socket.on('timeout', () => socket.destroy())
    socket.on('error', () => socket.destroy()) // a client that vanishes is no event
    socket.on('close', () => this.#onClose())
  }

  get #needsLogin(): boolean {
    return needsLogin(this.peer.sasl)
  }

  get clientId(): string {
    return this.#clientId
  }

  close(): void {
    this.#socket.destroy()
  }

  #onClose(): void {
    this.#closed.abort(gone)
    this.#claims.close()
    // Those that are still being worked on give their memory back when that is done.
    for (const slot of this.#slots) if (slot.chunks !== null) this.#release(slot)
    this.#slots.length = 0
    this.#sender.close()
  }

  /** Bound once: each answer carries it. */
  readonly #drop = (): void => this.#dropFor('reader-dropped')

  /** Others wait for the memory that this client holds. */
  #dropFor(kind: 'reader-dropped' | 'sender-dropped'): void {
    this.#options.onEvent({ kind, remote: this.peer.remoteHost, clientId: this.#clientId })
    this.#socket.destroy()
  }

  #release(slot: Slot): void {
    this.#options.core.answers.release(slot.answer)
    this.#releaseRequest(slot)
  }

  #releaseRequest(slot: Slot): void {
    this.#pendingBytes -= slot.claim?.bytes ?? 0
    this.#claims.release(slot.claim)
    slot.claim = null
  }

  #onMemory(): void {
    this.#guard(() => this.#frames.resume())
    this.#updateFlow()
  }

  /** Takes bytes that came. Where `sharesReads` is set they belong to the caller again when it returns. */
  receive(chunk: Uint8Array): void {
    this.#onBytes(() => this.#frames.push(chunk))
  }

  /** Where bytes that come should be put, of large requests in the request itself; {@link advance} then takes them. */
  spaceIn(buffer: Uint8Array): Uint8Array {
    return this.#frames.spaceIn(buffer)
  }

  advance(count: number): void {
    this.#onBytes(() => this.#frames.advance(count))
  }

  #onBytes(take: () => void): void {
    this.#claims.noteBytes()
    this.#guard(take)
    this.#updateFlow()
    const isWaited = this.#frames.isWithinFrame && !this.#isPaused
    const timeoutMs = isWaited ? stalledFrameMs : this.#options.idleMs
    // Bytes that come renew the timeout by themselves.
    if (timeoutMs !== this.#socket.timeout) this.#socket.setTimeout(timeoutMs)
  }

  /** Malformed bytes end the connection, never more. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      const { remoteHost } = this.peer
      this.#options.onEvent({
        kind: 'malformed',
        remote: remoteHost,
        clientId: this.#clientId,
        reason: error.message,
      })
      this.#socket.destroy()
    }
  }

  #updateFlow(): void {
    const isFull =
      this.#frames.isBlocked ||
      this.#slots.length >= maxPending ||
      this.#pendingBytes > maxPendingBytes ||
      this.#sender.unsentBytes > maxUnsentBytes
    if (isFull === this.#isPaused) return
    this.#isPaused = isFull
    this.#claims.resumed()
    if (isFull) this.#socket.pause()
    else this.#socket.resume()
  }

  #onFrame(frame: Uint8Array): void {
    const claim = this.#claims.handOver()
    if (this.#closed.signal.aborted || this.#socket.destroyed) {
      this.#claims.release(claim)
      return
    }
    const slot: Slot = { chunks: null, claim, answer: { bytes: 0, done: [], drop: this.#drop } }
    this.#slots.push(slot)
    this.#pendingBytes += claim?.bytes ?? 0
    if (this.#needsLogin && this.peer.sasl?.takesRawTokens === true) {
      void this.#runRawToken(this.peer.sasl, { frame, slot })
      return
    }
    const reader = new ByteReader(frame)
    const header = this.#readHeader(reader, slot)
    this.#clientId = header.clientId
    const api = this.#options.core.apis.get(header.apiKey)
    if (api === undefined || header.apiVersion > api.versions[1] || header.apiVersion < api.versions[0]) {
      this.#onUnsupported(header, slot)
      return
    }
    if (this.#needsLogin && !loginApis.has(api.key)) {
      this.#release(slot)
      const { remoteHost: remote } = this.peer
      this.#options.onEvent({ kind: 'login-missing', remote, clientId: this.#clientId, api: api.name })
      this.#socket.destroy()
      return
    }
    void this.#run(api, { header, reader, slot, frame })
  }

  /** Tokens after a SaslHandshake of version 0: bytes without a header; a failure has no answer. */
  async #runRawToken(sasl: SaslSession, request: { frame: Uint8Array; slot: Slot }): Promise<void> {
    const { frame, slot } = request
    const step = await takeToken(frame, { core: this.#options.core, peer: this.peer, sasl })
    if (step.kind === 'failed' || this.#closed.signal.aborted) {
      this.#release(slot)
      this.#socket.destroy()
      return
    }
    const size = new ByteWriter()
    size.int32(step.bytes.byteLength)
    slot.chunks = [...size.chunks(), step.bytes]
    this.#flush()
  }

  #readHeader(reader: ByteReader, slot: Slot): RequestHeader {
    try {
      return readRequestHeader(reader)
    } catch (error) {
      this.#release(slot)
      throw error
    }
  }

  #onUnsupported(header: RequestHeader, slot: Slot): void {
    const { apiKey, apiVersion, correlationId, clientId } = header
    if (apiKey === apiVersions.key) {
      // Clients start with their newest version and go on with the list that this answer carries.
      const list = {
        errorCode: kafkaError.unsupportedVersion,
        apiKeys: supportedApis(this.#options.core.apis),
      }
      slot.chunks = encodeResponse(apiVersions, { correlationId, version: 0, response: list })
      this.#flush()
      return
    }
    this.#release(slot)
    this.#options.onEvent({ kind: 'unsupported', remote: this.peer.remoteHost, clientId, apiKey, apiVersion })
    this.#socket.destroy()
  }

  async #run(
    api: Api,
    request: { header: RequestHeader; reader: ByteReader; slot: Slot; frame: Uint8Array },
  ): Promise<void> {
    const { header, reader, slot, frame } = request
    const { apiVersion: version, correlationId, clientId } = header
    const startedMs = performance.now()
    let errors: readonly number[] = []
    try {
      if (isFlexible(api.request.shape, version)) skipTaggedFields(reader)
      const fields = api.request.decode(reader, version)
      const call = this.#call(version, clientId, slot)
      const answer = this.#handle(api, fields, call)
      const response = answer instanceof Promise ? await answer : answer
      if (api.keepsNothing === true) call.core.frames.release(frame)
      if (response === closeConnection) this.#socket.destroy()
      errors = errorsIn(response)
      slot.chunks = response === noResponse ? [] : encodeResponse(api, { correlationId, version, response })
    } catch (error) {
      this.#onFailure(api, error)
    }
    if (this.#closed.signal.aborted || slot.chunks === null) {
      slot.chunks = []
      this.#release(slot)
      return
    }
    this.#options.onEvent({
      kind: 'request',
      api: api.name,
      apiKey: api.key,
      seconds: (performance.now() - startedMs) / 1000,
      errors,
    })
    this.#flush()
  }

  #call(version: number, clientId: string, slot: Slot): Call {
    const { core } = this.#options
    const hold = (bytes: number): void => core.answers.hold(slot.answer, bytes)
    const onSent = (done: () => void): void => void slot.answer.done.push(done)
    return { core, version, clientId, peer: this.peer, checksums: new Map(), hold, onSent }
  }

  #isPreparing = false

  /** Begins a request, after what it has to prepare; the frames that follow are not taken apart before. */
  #handle(api: Api, fields: unknown, call: Call): ReturnType<Api['handle']> {
    const preparing = api.prepare?.(fields, call) ?? null
    if (preparing === null) return api.handle(fields, call)
    this.#isPreparing = true
    return this.#handlePrepared(preparing, () => api.handle(fields, call))
  }

  async #handlePrepared<T>(preparing: Promise<void>, handle: () => T): Promise<Awaited<T>> {
    try {
      await preparing
      // Its synchronous part runs before the frames go on.
      const answer = handle()
      this.#resumeAfterPreparing()
      return await answer
    } finally {
      this.#resumeAfterPreparing()
    }
  }

  #resumeAfterPreparing(): void {
    if (!this.#isPreparing) return
    this.#isPreparing = false
    if (this.#socket.destroyed) return
    this.#guard(() => this.#frames.resume())
    this.#updateFlow()
  }

  #onFailure(api: Api, error: unknown): void {
    const remote = this.peer.remoteHost
    const clientId = this.#clientId
    if (error instanceof ProtocolError) {
      this.#options.onEvent({ kind: 'malformed', remote, clientId, reason: `${api.name}: ${error.message}` })
    } else {
      this.#options.onEvent({ kind: 'request-failed', remote, clientId, api: api.name, error })
    }
    this.#socket.destroy()
  }

  /** Sends the answers whose turn it is. */
  #flush(): void {
    const first = this.#slots[0]
    if (first === undefined || first.chunks === null || this.#socket.destroyed) return
    for (;;) {
      const slot = this.#slots[0]
      if (slot === undefined || slot.chunks === null) break
      this.#slots.shift()
      const { answer } = slot
      // The memory of record data is given back when the kernel has taken the last of them.
      const { answers } = this.#options.core
      const onSent = answers.holds(answer) ? (): void => answers.release(answer) : null
      this.#sender.send(slot.chunks, onSent)
      this.#releaseRequest(slot)
    }
    this.#sender.flush()
    if (this.peer.isEnding && this.#slots.length === 0 && this.#sender.isIdle) this.#socket.end()
    this.#updateFlow()
  }
}
