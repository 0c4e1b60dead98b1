import { endpointText, type Endpoint } from './endpoint.ts'

/** Keeps a circuit to each name server: lost ones are dialled again after 0.5 s, doubling to 30 s. */
export interface NameServers {
  set(endpoints: readonly Endpoint[], nowMs: number): void
  /** Those to dial now. */
  due(nowMs: number): readonly Endpoint[]
  has(endpoint: Endpoint): boolean
  lost(endpoint: Endpoint, nowMs: number): void
  greeted(endpoint: Endpoint): void
  nextMs(): number
}

const firstRetryMs = 500
const maxRetryMs = 30_000

interface NameServer {
  readonly endpoint: Endpoint
  dueMs: number
  retryMs: number
}

export function createNameServers(): NameServers {
  const servers = new Map<string, NameServer>()
  return {
    set(endpoints, nowMs) {
      for (const endpoint of endpoints) {
        const key = endpointText(endpoint)
        if (!servers.has(key)) servers.set(key, { endpoint, dueMs: nowMs, retryMs: firstRetryMs })
      }
    },
    due(nowMs) {
      const due = [...servers.values()].filter((server) => server.dueMs <= nowMs)
      for (const server of due) server.dueMs = Infinity
      return due.map((server) => server.endpoint)
    },
    has: (endpoint) => servers.has(endpointText(endpoint)),
    lost(endpoint, nowMs) {
      const server = servers.get(endpointText(endpoint))
      if (server === undefined) return
      server.dueMs = nowMs + server.retryMs
      server.retryMs = Math.min(server.retryMs * 2, maxRetryMs)
    },
    greeted(endpoint) {
      const server = servers.get(endpointText(endpoint))
      if (server !== undefined) server.retryMs = firstRetryMs
    },
    nextMs: () => Math.min(Infinity, ...[...servers.values()].map((server) => server.dueMs)),
  }
}
