import type { BrokerStatus, StatusAction } from './broker-message.ts'

/** What is known of one request. */
export interface RequestState {
  readonly request: unknown
  /** By service: what it said, in order. */
  readonly services: Readonly<Record<string, readonly (readonly [StatusAction, string | null])[]>>
}

interface Entry {
  readonly request: unknown
  readonly services: Map<string, (readonly [StatusAction, string | null])[]>
}

/** Requests that are remembered. */
export const rememberedRequests = 100
/** What is kept of one service for one request. */
const statusesPerService = 100
const servicesPerRequest = 1_000

/** Gathers the statuses of the last 100 requests by service. */
export class StatusAggregator {
  private readonly entries = new Map<string, Entry>()
  private readonly waiters = new Map<string, Set<() => void>>()

  /** Takes one status; gives the state of its request. */
  add(status: BrokerStatus): RequestState {
    let entry = this.entries.get(status.id)
    if (entry === undefined) {
      entry = { request: status.request, services: new Map() }
      const [oldest] = this.entries.keys()
      if (this.entries.size >= rememberedRequests && oldest !== undefined) this.entries.delete(oldest)
      this.entries.set(status.id, entry)
    }
    const said = entry.services.get(status.source) ?? []
    if (entry.services.size < servicesPerRequest || entry.services.has(status.source))
      entry.services.set(status.source, said)
    if (said.length < statusesPerService) said.push([status.action, status.message])
    else said[statusesPerService - 1] = [status.action, status.message]
    for (const wake of this.waiters.get(status.id) ?? []) wake()
    return stateOf(entry)
  }

  get(id: string): RequestState | undefined {
    const entry = this.entries.get(id)
    return entry === undefined ? undefined : stateOf(entry)
  }

  /** Whether every service that was heard of for this request has ended. */
  isComplete(id: string): boolean {
    const entry = this.entries.get(id)
    if (entry === undefined || entry.services.size === 0) return false
    return [...entry.services.values()].every((said) => said.at(-1)?.[0] !== 'request_start')
  }

  /** Waits until the request is complete; undefined when that takes longer than `timeoutMs` (default 10 000). */
  async waitComplete(id: string, timeoutMs = 10_000): Promise<RequestState | undefined> {
    const deadline = AbortSignal.timeout(timeoutMs)
    while (!this.isComplete(id) && !deadline.aborted) await this.change(id, deadline)
    return this.isComplete(id) ? this.get(id) : undefined
  }

  private change(id: string, deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.waiters.get(id) ?? new Set()
      this.waiters.set(id, waiters)
      const wake = (): void => {
        deadline.removeEventListener('abort', wake)
        waiters.delete(wake)
        if (waiters.size === 0) this.waiters.delete(id)
        resolve()
      }
      waiters.add(wake)
      deadline.addEventListener('abort', wake, { once: true })
    })
  }
}

function stateOf({ request, services }: Entry): RequestState {
  return { request, services: Object.fromEntries(services) }
}
