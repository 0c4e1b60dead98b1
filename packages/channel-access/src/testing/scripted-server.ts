import { createFrameDecoder } from '../core/frame-decoder.ts'
import { eca } from '../dbr/eca.ts'
import { nativeTypes } from '../dbr/dbr-type.ts'
import { accessRights } from '../messages/access-rights.ts'
import { clearChannel } from '../messages/clear-channel.ts'
import { createChannelFail } from '../messages/create-channel-fail.ts'
import { createChannelReply } from '../messages/create-channel.ts'
import { echo } from '../messages/echo.ts'
import { errorReply } from '../messages/error-reply.ts'
import { eventAddReply } from '../messages/event-add.ts'
import { decodeClientRequest, type ClientRequest } from '../messages/from-client.ts'
import { minorVersion, readHeader } from '../messages/header.ts'
import { readNotifyReply } from '../messages/read-notify.ts'
import { sameHost, searchReply, searchReplyTcp } from '../messages/search.ts'
import { serverDisconnect } from '../messages/server-disconnect.ts'
import { datagramVersion, version } from '../messages/version.ts'
import { writeNotifyReply } from '../messages/write-notify.ts'
import { convertPut, mostElements, readPv, type ScriptedPv } from './scripted-pv.ts'

/** A server without sockets, clock and queues, for tests of clients: what it is sent it answers at once. */
export interface ScriptedServer {
  readonly pvs: Map<string, ScriptedPv>
  /** A client connected; its bytes go to `receive`, the server's come by `send`. */
  connect(send: (bytes: Uint8Array) => void, tcpPort: number): ScriptedCircuit
  /** The answer to a search datagram, if it has any of the names. */
  search(datagram: Uint8Array, tcpPort: number): Uint8Array | undefined
  /** Sends the PV's value to everyone who subscribed with a bit of the mask. Default value and alarm. */
  post(name: string, mask?: number): void
  /** Tells every client of the PV its changed access rights. */
  postRights(name: string): void
  /** Takes the PV away with SERVER_DISCONN. */
  remove(name: string): void
  /** Subscriptions of all circuits. */
  subscriptions(): number
  channels(): number
  readonly received: Record<string, number>
}

export interface ScriptedCircuit {
  receive(bytes: Uint8Array): void
  end(): void
}

interface Channel {
  readonly cid: number
  readonly sid: number
  readonly name: string
}

interface Subscription {
  readonly channel: Channel
  readonly id: number
  readonly dbr: number
  readonly count: number
  readonly mask: number
}

interface Circuit {
  readonly tcpPort: number
  readonly send: (bytes: Uint8Array) => void
  readonly channels: Map<number, Channel>
  readonly subscriptions: Map<number, Subscription>
}

const maxPayloadBytes = 268_435_456

export function createScriptedServer(
  pvs: Readonly<Record<string, ScriptedPv>>,
  options: { readonly minor?: number } = {},
): ScriptedServer {
  const table = new Map(Object.entries(pvs))
  const circuits = new Set<Circuit>()
  const received: Record<string, number> = {}
  const minor = options.minor ?? minorVersion
  let nextSid = 0

  function update(circuit: Circuit, subscription: Subscription): void {
    const pv = table.get(subscription.channel.name)
    if (pv === undefined) return
    const { dbr, id } = subscription
    const bytes = readPv(pv, dbr, subscription.count)
    circuit.send(eventAddReply.encode({ dbr, subscriptionId: id, ...bytes }))
  }

  function refuse(
    circuit: Circuit,
    request: { readonly command: number; readonly p1: number; readonly p2: number },
  ): void {
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    view.setUint16(0, request.command)
    view.setUint32(8, request.p1)
    view.setUint32(12, request.p2)
    const quoted = { header: null, text: 'Bad Resource ID', bytes }
    circuit.send(errorReply.encode({ cid: 0xffffffff, status: eca.INTERNAL, quoted }))
  }

  function create(circuit: Circuit, request: Extract<ClientRequest, { kind: 'createChannelRequest' }>): void {
    const { cid, name } = request
    const pv = table.get(name)
    if (pv === undefined) {
      circuit.send(createChannelFail.encode({ cid }))
      return
    }
    const sid = nextSid++
    circuit.channels.set(sid, { cid, sid, name })
    circuit.send(accessRights.encode({ cid, rights: pv.rights ?? 3 }))
    const native = nativeTypes.indexOf(pv.type)
    circuit.send(createChannelReply.encode({ cid, sid, native, count: mostElements(pv) }))
  }

  function put(
    circuit: Circuit,
    request: Extract<ClientRequest, { kind: 'writeRequest' | 'writeNotifyRequest' }>,
  ): void {
    const { sid, ioid, dbr, count } = request
    const name = circuit.channels.get(sid)?.name ?? ''
    const pv = table.get(name)
    const notify = request.kind === 'writeNotifyRequest'
    if (pv === undefined) {
      refuse(circuit, { command: notify ? 19 : 4, p1: sid, p2: ioid })
      return
    }
    const answer = (status: number): void => {
      if (notify) circuit.send(writeNotifyReply.encode({ dbr, count, status, ioid }))
    }
    const value = convertPut(pv, request)
    if (typeof value === 'object' && 'refused' in value) {
      answer(value.refused)
      return
    }
    if (pv.onPut !== undefined) {
      pv.onPut(value, answer)
      return
    }
    pv.value = value
    post(name, 5)
    answer(eca.NORMAL)
  }

  function subscribe(circuit: Circuit, request: Extract<ClientRequest, { kind: 'eventAddRequest' }>): void {
    const channel = circuit.channels.get(request.sid)
    if (channel === undefined) {
      refuse(circuit, { command: 1, p1: request.sid, p2: request.subscriptionId })
      return
    }
    const { dbr, count, mask, subscriptionId: id } = request
    const subscription = { channel, id, dbr, count, mask }
    circuit.subscriptions.set(id, subscription)
    update(circuit, subscription)
  }

  function clear(circuit: Circuit, sid: number, cid: number): void {
    circuit.channels.delete(sid)
    for (const [id, { channel }] of circuit.subscriptions)
      if (channel.sid === sid) circuit.subscriptions.delete(id)
    circuit.send(clearChannel.encode({ sid, cid }))
  }

  type Handlers = {
    [K in ClientRequest['kind']]?: (circuit: Circuit, request: Extract<ClientRequest, { kind: K }>) => void
  }
  const handlers: Handlers = {
    echo: (circuit, request) => circuit.send(echo.encode(request)),
    createChannelRequest: create,
    readNotifyRequest(circuit, { sid, ioid, dbr, count }) {
      const pv = table.get(circuit.channels.get(sid)?.name ?? '')
      if (pv === undefined) refuse(circuit, { command: 15, p1: sid, p2: ioid })
      else circuit.send(readNotifyReply.encode({ dbr, ioid, ...readPv(pv, dbr, count) }))
    },
    writeRequest: put,
    writeNotifyRequest: put,
    eventAddRequest: subscribe,
    eventCancel(circuit, { sid, dbr, subscriptionId }) {
      circuit.subscriptions.delete(subscriptionId)
      const payload = new Uint8Array(0)
      circuit.send(eventAddReply.encode({ dbr, count: 0, status: sid, subscriptionId, payload }))
    },
    clearChannel: (circuit, { sid, cid }) => clear(circuit, sid, cid),
    searchRequest(circuit, { name, searchId }) {
      if (table.has(name))
        circuit.send(searchReplyTcp.encode({ port: circuit.tcpPort, address: sameHost, searchId }))
    },
  }

  function post(name: string, mask: number): void {
    for (const circuit of circuits)
      for (const subscription of circuit.subscriptions.values())
        if (subscription.channel.name === name && (subscription.mask & mask) !== 0)
          update(circuit, subscription)
  }

  return {
    pvs: table,
    connect(send, tcpPort) {
      const circuit: Circuit = { send, tcpPort, channels: new Map(), subscriptions: new Map() }
      circuits.add(circuit)
      const decoder = createFrameDecoder({ maxPayloadBytes })
      send(version.encode({ priority: 0, minor }))
      return {
        receive(bytes) {
          decoder.feed(bytes, (frame) => {
            if (frame.kind === 'too-large') return
            const request = decodeClientRequest(frame.header, frame.payload)
            if (request === undefined) return
            received[request.kind] = (received[request.kind] ?? 0) + 1
            const handler = handlers[request.kind] as
              | ((circuit: Circuit, request: ClientRequest) => void)
              | undefined
            handler?.(circuit, request)
          })
        },
        end: () => void circuits.delete(circuit),
      }
    },
    search(datagram, port) {
      const parts: Uint8Array[] = []
      let sequence = 0
      let at = 0
      for (;;) {
        const header = readHeader(datagram, at, datagram.length)
        if (header === undefined) break
        const start = at + header.headerBytes
        const request = decodeClientRequest(header, datagram.subarray(start, start + header.payloadBytes))
        if (request?.kind === 'version') sequence = header.p1
        if (request?.kind === 'searchRequest' && table.has(request.name))
          parts.push(searchReply.encode({ port, address: sameHost, searchId: request.searchId, minor }))
        at = start + header.payloadBytes
      }
      if (parts.length === 0) return undefined
      parts.unshift(datagramVersion.encode({ minor, sequence }))
      const reply = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
      at = 0
      for (const part of parts) {
        reply.set(part, at)
        at += part.length
      }
      return reply
    },
    post: (name, mask = 5) => post(name, mask),
    postRights(name) {
      for (const circuit of circuits)
        for (const { cid, name: own } of circuit.channels.values())
          if (own === name) circuit.send(accessRights.encode({ cid, rights: table.get(name)?.rights ?? 3 }))
    },
    remove(name) {
      table.delete(name)
      for (const circuit of circuits)
        for (const { sid, cid, name: own } of circuit.channels.values()) {
          if (own !== name) continue
          circuit.channels.delete(sid)
          for (const [id, { channel }] of circuit.subscriptions)
            if (channel.sid === sid) circuit.subscriptions.delete(id)
          circuit.send(serverDisconnect.encode({ cid }))
        }
    },
    subscriptions: () => [...circuits].reduce((sum, circuit) => sum + circuit.subscriptions.size, 0),
    channels: () => [...circuits].reduce((sum, circuit) => sum + circuit.channels.size, 0),
    received,
  }
}
