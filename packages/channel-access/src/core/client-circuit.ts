import { eca } from '../dbr/eca.ts'
import { CaError } from '../error.ts'
import { clearChannel } from '../messages/clear-channel.ts'
import { clientName } from '../messages/client-name.ts'
import { createChannelRequest } from '../messages/create-channel.ts'
import { echo } from '../messages/echo.ts'
import { eventAddRequest } from '../messages/event-add.ts'
import { eventCancel } from '../messages/event-cancel.ts'
import { eventsOff } from '../messages/events-off.ts'
import { eventsOn } from '../messages/events-on.ts'
import { decodeCircuitReply } from '../messages/from-server.ts'
import { minorVersion, needsExtendedHeader } from '../messages/header.ts'
import { hostName } from '../messages/host-name.ts'
import { readNotifyRequest } from '../messages/read-notify.ts'
import { version } from '../messages/version.ts'
import { writeNotifyRequest } from '../messages/write-notify.ts'
import { writeRequest } from '../messages/write.ts'
import type { CircuitAction } from './circuit-actions.ts'
import { createCircuitPending } from './circuit-pending.ts'
import { createReplyHandlers, failRequests } from './circuit-replies.ts'
import { circuitTransitions, type CircuitState } from './circuit-transitions.ts'
import { createCircuitWatchdog } from './circuit-watchdog.ts'
import { createFlowControl } from './flow-control.ts'
import { createFrameDecoder, type Frame } from './frame-decoder.ts'

export interface CircuitOptions {
  readonly priority: number
  readonly userName: string
  readonly hostName: string
  readonly connTimeoutMs: number
  readonly maxPayloadBytes: number
  readonly flowControlBytes: number
  readonly nowMs: number
}

export type CircuitEvent =
  | { readonly kind: 'opened'; readonly nowMs: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly nowMs: number }
  | { readonly kind: 'backlog'; readonly unprocessedBytes: number }
  | { readonly kind: 'tick'; readonly nowMs: number }
  /** The connection is gone. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'create'; readonly cid: number; readonly name: string }
  | { readonly kind: 'clear'; readonly cid: number; readonly sid: number }
  | ({ readonly kind: 'read'; readonly ioid: number } & ReadRequest)
  | ({ readonly kind: 'write'; readonly ioid: number; readonly notify: boolean } & WriteRequest)
  | ({ readonly kind: 'subscribe'; readonly id: number; readonly mask: number } & ReadRequest)
  | {
      readonly kind: 'unsubscribe'
      readonly id: number
      readonly sid: number
      readonly dbr: number
      readonly count: number
    }
  | { readonly kind: 'cancel'; readonly ioid: number }
  | { readonly kind: 'search'; readonly bytes: Uint8Array }

export interface ReadRequest {
  readonly cid: number
  readonly sid: number
  readonly dbr: number
  readonly count: number
  readonly scalar: boolean
}

export interface WriteRequest {
  readonly cid: number
  readonly sid: number
  readonly dbr: number
  readonly count: number
  readonly payload: Uint8Array
}

export interface ClientCircuit {
  step(event: CircuitEvent): readonly CircuitAction[]
  nextMs(): number
  readonly state: CircuitState
  readonly unresponsive: boolean
  /** Minor version of the circuit, null until the server stated its own. */
  readonly minor: number | null
}

/** RSRV answers the requests of a client below this with ECA_DEFUNCT; we hang up on such a server. */
const leastMinor = 4
const errorsMax = 1_000
/** Requests that wait for the version of the server because only minor 9 and above can take them. */
const heldMax = 1_000

interface Sized {
  /** IOID or subscription id. */
  readonly id: number
  readonly payloadBytes: number
  readonly count: number
  encode(peerMinor: number): Uint8Array
}

/** The client's end of one TCP circuit. */
export function createClientCircuit(options: CircuitOptions): ClientCircuit {
  const decoder = createFrameDecoder({ maxPayloadBytes: options.maxPayloadBytes })
  const pending = createCircuitPending()
  const watchdog = createCircuitWatchdog(options)
  const flow = createFlowControl(options.flowControlBytes)
  let state: CircuitState = 'connecting'
  let unresponsive = false
  let minor: number | null = null
  let errors = 0
  let early: Uint8Array[] = []
  let held: Sized[] = []
  let actions: CircuitAction[] = []
  const replies = createReplyHandlers({
    pending,
    maxPayloadBytes: options.maxPayloadBytes,
    push: (action) => void actions.push(action),
    violation,
    countError,
  })

  function send(bytes: Uint8Array): void {
    if (state === 'connecting') early.push(bytes)
    else actions.push({ kind: 'send', bytes })
  }

  function close(reason: string): void {
    actions.push({ kind: 'close', reason })
    end(reason)
  }

  function end(reason: string): void {
    if (state === 'closed') return
    state = 'closed'
    failAll(new CaError('CA_DISCONNECTED', `the circuit ended: ${reason}`, { eca: eca.DISCONN }))
    pending.dropSubscriptions()
    early = []
    held = []
  }

  function failAll(error: CaError, cid?: number): void {
    failRequests({ pending, push: (action) => void actions.push(action) }, error, cid)
  }

  function countError(): void {
    errors += 1
    if (errors > errorsMax) close('more than 1,000 errors')
  }

  function violation(detail: string): void {
    actions.push({ kind: 'diagnostic', event: 'circuit-violation', fields: { detail } })
    countError()
  }

  function onVersion(serverMinor: number): void {
    if (minor !== null) return
    minor = Math.min(serverMinor, minorVersion)
    if (minor < leastMinor) {
      close(`the server speaks minor version ${serverMinor}`)
      return
    }
    const waiting = held
    held = []
    for (const message of waiting) sendEncoded(message)
    actions.push({ kind: 'greeted', minor })
  }

  function onFrame(frame: Frame): void {
    if (state === 'closed') return
    const { header } = frame
    if (frame.kind === 'too-large') {
      violation(`a payload of ${header.payloadBytes} bytes`)
      if (header.command === readNotifyRequest.command) replies.tooLarge(header.p2)
      return
    }
    const message = decodeCircuitReply(header, frame.payload)
    if (message === undefined) {
      violation(`command ${header.command}`)
      return
    }
    const next = circuitTransitions[state][message.kind]
    if (next === undefined) {
      violation(`${message.kind} while ${state}`)
      return
    }
    state = next
    if (message.kind === 'version') onVersion(message.minor)
    else replies.handle(message)
  }

  /** Large messages wait until it is known that the server takes them. */
  function sendSized(message: Sized): void {
    if (minor === null && needsExtendedHeader(message.payloadBytes, message.count) && held.length < heldMax)
      held.push(message)
    else sendEncoded(message)
  }

  function sendEncoded(message: Sized): void {
    try {
      send(message.encode(minor ?? minorVersion))
    } catch (error) {
      if (!(error instanceof CaError)) throw error
      const { id } = message
      const kind = pending.takeRequest(id)?.kind
      if (kind === 'read') actions.push({ kind: 'read-done', ioid: id, outcome: error })
      else if (kind === 'write') actions.push({ kind: 'write-done', ioid: id, error })
      else if (pending.subscription(id) !== undefined)
        actions.push({ kind: 'update', subscription: id, outcome: error, bytes: 0 })
    }
  }

  function open(nowMs: number): void {
    state = 'greeting'
    watchdog.opened(nowMs)
    const parts = [
      version.encode({ priority: options.priority, minor: minorVersion }),
      clientName.encode({ name: options.userName }),
      hostName.encode({ name: options.hostName }),
      ...early,
    ]
    early = []
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    send(whole)
  }

  function receive(bytes: Uint8Array, nowMs: number): void {
    watchdog.received(nowMs)
    if (unresponsive) {
      unresponsive = false
      actions.push({ kind: 'responsive' })
    }
    try {
      decoder.feed(bytes, onFrame)
    } catch (error) {
      if (!(error instanceof CaError)) throw error
      close(error.message)
    }
  }

  function tick(nowMs: number): void {
    switch (watchdog.tick(nowMs)) {
      case 'send-echo':
        send(echo.encode({ dataType: 0, count: 0, p1: 0, p2: 0 }))
        return
      case 'unresponsive':
        unresponsive = true
        failAll(new CaError('CA_UNRESPONSIVE', 'the server does not answer', { eca: eca.UNRESPTMO }))
        actions.push({ kind: 'unresponsive' })
        return
      case 'close':
        close(state === 'connecting' ? 'connect time-out' : 'unresponsive')
        return
      case null:
    }
  }

  function backlog(unprocessedBytes: number): void {
    const verdict = flow.observe(unprocessedBytes)
    if (verdict === null || state === 'connecting') return
    send(verdict === 'off' ? eventsOff.encode({}) : eventsOn.encode({}))
    actions.push({ kind: 'diagnostic', event: `events-${verdict}`, fields: { unprocessedBytes } })
  }

  function write(event: Extract<CircuitEvent, { kind: 'write' }>): void {
    const { cid, ioid, notify, payload, count } = event
    const codec = notify ? writeNotifyRequest : writeRequest
    if (notify) pending.addRequest(ioid, { cid, kind: 'write', scalar: true })
    sendSized({
      id: ioid,
      payloadBytes: payload.length,
      count,
      encode: (peerMinor) => codec.encode(event, peerMinor),
    })
  }

  const steps: { [K in CircuitEvent['kind']]: (event: Extract<CircuitEvent, { kind: K }>) => void } = {
    opened: (event) => open(event.nowMs),
    bytes: (event) => receive(event.bytes, event.nowMs),
    backlog: (event) => backlog(event.unprocessedBytes),
    tick: (event) => tick(event.nowMs),
    ended: () => end('closed by the server'),
    create: ({ cid, name }) => send(createChannelRequest.encode({ cid, minor: minorVersion, name })),
    clear({ cid, sid }) {
      failAll(new CaError('CA_CLOSED', 'the channel was closed', { eca: eca.CHANDESTROY }), cid)
      pending.dropSubscriptions(cid)
      send(clearChannel.encode({ sid, cid }))
    },
    read(event) {
      pending.addRequest(event.ioid, { cid: event.cid, kind: 'read', scalar: event.scalar })
      sendSized({
        id: event.ioid,
        payloadBytes: 0,
        count: event.count,
        encode: (peerMinor) => readNotifyRequest.encode(event, peerMinor),
      })
    },
    write,
    subscribe(event) {
      pending.addSubscription(event.id, event)
      const fields = { ...event, subscriptionId: event.id }
      sendSized({
        id: event.id,
        payloadBytes: 16,
        count: event.count,
        encode: (peerMinor) => eventAddRequest.encode(fields, peerMinor),
      })
    },
    unsubscribe(event) {
      pending.cancelSubscription(event.id)
      const fields = { ...event, subscriptionId: event.id }
      sendSized({
        id: event.id,
        payloadBytes: 0,
        count: event.count,
        encode: (peerMinor) => eventCancel.encode(fields, peerMinor),
      })
    },
    cancel: ({ ioid }) => void pending.takeRequest(ioid),
    search: ({ bytes }) => send(bytes),
  }

  return {
    step(event) {
      if (state === 'closed') return []
      actions = []
      const handle = steps[event.kind] as (event: CircuitEvent) => void
      handle(event)
      return actions
    },
    nextMs: () => (state === 'closed' ? Infinity : watchdog.nextMs()),
    get state() {
      return state
    },
    get unresponsive() {
      return unresponsive
    },
    get minor() {
      return minor
    },
  }
}
