import { channel as diagnosticsChannel } from 'node:diagnostics_channel'
import { createSocket, type Socket } from 'node:dgram'
import type { Diagnostic, DiagnosticEvent } from '../core/circuit-actions.ts'
import type { ClientAction, ClientEvent } from '../core/client-actions.ts'
import type { Endpoint } from '../core/endpoint.ts'
import { createClientCore, type ClientCore } from '../core/client-core.ts'
import type { ResolvedOptions } from '../options.ts'
import { startRepeater, type EmbeddedRepeater } from './embedded-repeater.ts'
import { broadcastAddresses, resolveEndpoints } from './host-addresses.ts'
import { openTcpCircuit, type TcpCircuit } from './tcp-circuit.ts'

/** Actions of the core that concern callers, not sockets. */
export type CallerAction = Extract<
  ClientAction,
  { kind: 'connected' | 'disconnected' | 'access' | 'read-done' | 'write-done' | 'update' }
>

/** Runs a client core: its sockets and its timer. */
export interface CoreRunner {
  readonly core: ClientCore
  run(event: ClientEvent): void
  /** Resolves when what was sent on a circuit left for the kernel. */
  flushed(circuit: number): Promise<void>
  readonly events: Readonly<Record<DiagnosticEvent, number>>
  close(): Promise<void>
}

const resolveAgainMs = 30_000
const broadcastName = 'channel-access'

const noEvents: Record<DiagnosticEvent, number> = {
  'circuit-open': 0,
  'circuit-closed': 0,
  'circuit-unresponsive': 0,
  'circuit-responsive': 0,
  'circuit-violation': 0,
  'datagram-malformed': 0,
  'double-channel': 0,
  'beacon-anomaly': 0,
  'events-off': 0,
  'events-on': 0,
  'write-failed': 0,
  'repeater-confirmed': 0,
  'repeater-missing': 0,
}

export function createCoreRunner(
  options: ResolvedOptions,
  onAction: (action: CallerAction) => void,
): CoreRunner {
  const core = createClientCore({ ...options, random: Math.random, nowMs: performance.now() })
  const circuits = new Map<number, TcpCircuit>()
  const udp: Socket = createSocket('udp4')
  const events = { ...noEvents }
  let udpReady = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let timerMs = Infinity
  let resolveTimer: NodeJS.Timeout | undefined
  let repeater: Promise<EmbeddedRepeater | undefined> | undefined

  function arm(): void {
    const dueMs = core.nextMs()
    if (closed || dueMs >= timerMs) return
    clearTimeout(timer)
    timerMs = dueMs
    timer = setTimeout(onTimer, Math.max(0, Math.min(dueMs - performance.now(), 2 ** 30)))
  }

  function onTimer(): void {
    timerMs = Infinity
    run({ kind: 'tick' })
  }

  function run(event: ClientEvent): void {
    for (const action of core.step(event, performance.now())) perform(action)
    arm()
  }

  function dial(action: Extract<ClientAction, { kind: 'open-circuit' }>): void {
    const { circuit } = action
    const socket = openTcpCircuit(action.to, {
      onOpen: () => run({ kind: 'circuit-opened', circuit }),
      onBytes: (bytes) => run({ kind: 'circuit-bytes', circuit, bytes }),
      onBacklog: (unprocessedBytes) => run({ kind: 'circuit-backlog', circuit, unprocessedBytes }),
      onEnd(reason) {
        circuits.delete(circuit)
        run({ kind: 'circuit-ended', circuit, reason })
      },
    })
    circuits.set(circuit, socket)
  }

  function publish(diagnostic: Diagnostic): void {
    events[diagnostic.event] += 1
    const channel = diagnosticsChannel(`${broadcastName}:${diagnostic.event}`)
    if (channel.hasSubscribers) channel.publish(diagnostic.fields)
  }

  function startOwnRepeater(): void {
    if (!options.repeater || closed) return
    repeater = (repeater ?? Promise.resolve(undefined)).then(
      (running) => running ?? (closed ? undefined : startRepeater(options.repeaterPort)),
    )
  }

  function send(bytes: Uint8Array, to: Endpoint): void {
    if (udpReady) udp.send(bytes, to.port, to.address, ignoreSendFailure)
  }

  const performers: { [K in ClientAction['kind']]: (action: Extract<ClientAction, { kind: K }>) => void } = {
    send: (action) => circuits.get(action.circuit)?.send(action.bytes),
    datagram: (action) => send(action.bytes, action.to),
    register: (action) => send(action.bytes, { address: '127.0.0.1', port: options.repeaterPort }),
    'start-repeater': startOwnRepeater,
    'open-circuit': dial,
    'close-circuit'(action) {
      void circuits.get(action.circuit)?.close()
      circuits.delete(action.circuit)
    },
    diagnostic: publish,
    connected: onAction,
    disconnected: onAction,
    access: onAction,
    'read-done': onAction,
    'write-done': onAction,
    update: onAction,
  }

  function perform(action: ClientAction): void {
    const performer = performers[action.kind] as (action: ClientAction) => void
    performer(action)
  }

  async function setAddresses(): Promise<void> {
    const searched = [...options.addrList, ...(options.autoAddrList ? broadcastAddresses() : [])]
    const [direct, named] = await Promise.all([
      resolveEndpoints(searched, options.serverPort),
      resolveEndpoints(options.nameServers, options.serverPort),
    ])
    if (closed) return
    run({ kind: 'addresses', udp: direct.endpoints, nameServers: named.endpoints })
    if (direct.unresolved.length + named.unresolved.length === 0) return
    resolveTimer = setTimeout(() => void setAddresses(), resolveAgainMs)
  }

  udp.on('message', (bytes, remote) =>
    run({ kind: 'datagram', bytes, from: { address: remote.address, port: remote.port } }),
  )
  // A search to a host without a server bounces; that is no news.
  udp.on('error', () => undefined)
  udp.bind(0, '0.0.0.0', () => {
    if (closed) return
    udp.setBroadcast(true)
    udp.setMulticastTTL(options.multicastTtl)
    udpReady = true
    void setAddresses()
  })

  return {
    core,
    run,
    flushed: (circuit) => circuits.get(circuit)?.flushed() ?? Promise.resolve(),
    events,
    async close() {
      if (closed) return
      closed = true
      clearTimeout(timer)
      clearTimeout(resolveTimer)
      const ending = [...circuits.values()].map((circuit) => circuit.close())
      circuits.clear()
      await Promise.all(ending)
      await new Promise<void>((resolve) => udp.close(() => resolve()))
      await (await repeater)?.close()
    },
  }
}

function ignoreSendFailure(): void {
  // An interface that is down or an unreachable network: the search is repeated anyhow.
}
