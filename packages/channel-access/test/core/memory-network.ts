import type { ClientAction, ClientEvent } from '../../src/core/client-actions.ts'
import { createClientCore, type ClientCore } from '../../src/core/client-core.ts'
import type { ClientCoreOptions } from '../../src/core/client-state.ts'
import type { ScriptedCircuit, ScriptedServer } from '../../src/testing/scripted-server.ts'

interface Host {
  readonly server: ScriptedServer
  /** Takes nothing in and gives nothing out: SIGSTOP. */
  frozen: boolean
}

interface Link {
  readonly endpoint: string
  readonly host: Host
  readonly circuit: ScriptedCircuit
  readonly held: Uint8Array[]
}

/** A client and servers joined in memory, with a clock that only moves when told. */
export interface MemoryNetwork {
  readonly core: ClientCore
  readonly log: ClientAction[]
  run(event: ClientEvent): void
  advance(ms: number): void
  nowMs(): number
  /** Servers by address:port; searches reach them all. */
  listen(endpoint: string, server: ScriptedServer): Host
  /** The process is gone: its circuits end. */
  kill(endpoint: string): void
  circuits(endpoint: string): number
  take<K extends ClientAction['kind']>(kind: K): Extract<ClientAction, { kind: K }>[]
}

function endpointOf(text: string): { address: string; port: number } {
  const [address = '', port = ''] = text.split(':')
  return { address, port: Number(port) }
}

export function createMemoryNetwork(
  options: Partial<ClientCoreOptions> & {
    readonly chunkBytes?: number
    readonly nameServers?: readonly string[]
  } = {},
): MemoryNetwork {
  let nowMs = 1_000_000
  let seed = 1
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const core = createClientCore({
    connTimeoutMs: 30_000,
    maxSearchPeriodMs: 300_000,
    maxPayloadBytes: 268_435_456,
    flowControlBytes: 4_194_304,
    searchDatagramsPerS: 200,
    userName: 'op',
    hostName: 'ws1',
    random,
    nowMs,
    ...options,
  })
  const hosts = new Map<string, Host>()
  const links = new Map<number, Link>()
  const log: ClientAction[] = []
  const inbox: ClientEvent[] = []
  let draining = false

  function deliver(circuit: number, bytes: Uint8Array): void {
    const size = options.chunkBytes ?? bytes.length
    for (let at = 0; at < bytes.length; at += size)
      inbox.push({ kind: 'circuit-bytes', circuit, bytes: bytes.slice(at, at + size) })
  }

  function open(circuit: number, to: string): void {
    const host = hosts.get(to)
    if (host === undefined) {
      inbox.push({ kind: 'circuit-ended', circuit, reason: 'refused' })
      return
    }
    const link: Link = {
      endpoint: to,
      host,
      held: [],
      circuit: host.server.connect((bytes) => {
        deliver(circuit, bytes)
        drain()
      }, endpointOf(to).port),
    }
    links.set(circuit, link)
    inbox.unshift({ kind: 'circuit-opened', circuit })
  }

  function perform(action: ClientAction): void {
    if (action.kind === 'open-circuit') open(action.circuit, `${action.to.address}:${action.to.port}`)
    else if (action.kind === 'send') {
      const link = links.get(action.circuit)
      if (link?.host.frozen === true) link.held.push(action.bytes)
      else link?.circuit.receive(action.bytes)
    } else if (action.kind === 'close-circuit') {
      links.get(action.circuit)?.circuit.end()
      links.delete(action.circuit)
    } else if (action.kind === 'datagram') {
      const to = `${action.to.address}:${action.to.port}`
      const host = hosts.get(to)
      if (host === undefined || host.frozen) return
      const reply = host.server.search(action.bytes, action.to.port)
      if (reply !== undefined) inbox.push({ kind: 'datagram', bytes: reply, from: action.to })
    }
  }

  function drain(): void {
    if (draining) return
    draining = true
    for (let event = inbox.shift(); event !== undefined; event = inbox.shift())
      for (const action of core.step(event, nowMs)) {
        log.push(action)
        perform(action)
      }
    draining = false
  }

  function run(event: ClientEvent): void {
    inbox.push(event)
    drain()
  }

  function readdress(): void {
    const nameServers = (options.nameServers ?? []).map(endpointOf)
    run({
      kind: 'addresses',
      udp: options.nameServers === undefined ? [...hosts.keys()].map(endpointOf) : [],
      nameServers,
    })
  }

  return {
    core,
    log,
    run,
    nowMs: () => nowMs,
    advance(ms) {
      const untilMs = nowMs + ms
      for (;;) {
        const dueMs = core.nextMs()
        if (dueMs > untilMs) break
        nowMs = Math.max(nowMs, dueMs)
        run({ kind: 'tick' })
      }
      nowMs = untilMs
    },
    listen(endpoint, server) {
      const host: Host = { server, frozen: false }
      hosts.set(endpoint, host)
      readdress()
      return host
    },
    kill(endpoint) {
      hosts.delete(endpoint)
      for (const [circuit, link] of links) {
        if (link.endpoint !== endpoint) continue
        links.delete(circuit)
        link.circuit.end()
        run({ kind: 'circuit-ended', circuit, reason: 'reset' })
      }
      readdress()
    },
    circuits: (endpoint) => [...links.values()].filter((link) => link.endpoint === endpoint).length,
    take(kind) {
      const taken = log.filter((action) => action.kind === kind)
      const kept = log.filter((action) => action.kind !== kind)
      log.length = 0
      log.push(...kept)
      return taken as never
    },
  }
}

export const nativeTime = { type: undefined, form: 'time', count: undefined } as const
