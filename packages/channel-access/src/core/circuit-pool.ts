import { createClientCircuit, type CircuitOptions, type ClientCircuit } from './client-circuit.ts'
import { endpointText, type Endpoint } from './endpoint.ts'

/** A circuit with what the client keeps about it. */
export interface CircuitRecord {
  readonly id: number
  readonly key: string
  readonly endpoint: Endpoint
  readonly circuit: ClientCircuit
  readonly cids: Set<number>
  readonly nameServer: boolean
  /** Since when no channel uses it. */
  idleSinceMs: number | null
}

export interface CircuitWish {
  readonly endpoint: Endpoint
  readonly priority: number
  readonly nameServer: boolean
  readonly nowMs: number
}

/** One circuit for each server address and priority. */
export interface CircuitPool {
  find(endpoint: Endpoint, priority: number): CircuitRecord | undefined
  add(wish: CircuitWish): CircuitRecord
  get(id: number): CircuitRecord | undefined
  remove(record: CircuitRecord): void
  all(): Iterable<CircuitRecord>
  readonly size: number
}

function keyOf(endpoint: Endpoint, priority: number): string {
  return `${endpointText(endpoint)}|${priority}`
}

export function createCircuitPool(options: Omit<CircuitOptions, 'priority' | 'nowMs'>): CircuitPool {
  const byKey = new Map<string, CircuitRecord>()
  const byId = new Map<number, CircuitRecord>()
  let nextId = 1
  return {
    find: (endpoint, priority) => byKey.get(keyOf(endpoint, priority)),
    add({ endpoint, priority, nameServer, nowMs }) {
      const record: CircuitRecord = {
        id: nextId++,
        key: keyOf(endpoint, priority),
        endpoint,
        circuit: createClientCircuit({ ...options, priority, nowMs }),
        cids: new Set(),
        nameServer,
        idleSinceMs: nowMs,
      }
      byKey.set(record.key, record)
      byId.set(record.id, record)
      return record
    },
    get: (id) => byId.get(id),
    remove(record) {
      byId.delete(record.id)
      if (byKey.get(record.key) === record) byKey.delete(record.key)
    },
    all: () => byId.values(),
    get size() {
      return byId.size
    },
  }
}
