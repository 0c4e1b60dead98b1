import type { CaReading } from '../dbr/dbr-reading.ts'
import { decodeDbr } from '../dbr/decode-dbr.ts'
import { eca } from '../dbr/eca.ts'
import { CaError } from '../error.ts'

interface Pending {
  readonly cid: number
  readonly kind: 'read' | 'write'
  readonly scalar: boolean
}

interface Subscription {
  readonly cid: number
  readonly scalar: boolean
  cancelled: boolean
}

interface ReplyBytes {
  readonly dbr: number
  readonly count: number
  readonly status: number
  readonly payload: Uint8Array
}

/** What a failure status of the server means to the caller. */
export function failureOf(what: 'read' | 'write' | 'update', status: number, text?: string): CaError {
  const said = text === undefined || text === '' ? `the server refused the ${what}` : text
  if (status === eca.NORDACCESS) return new CaError('CA_NO_READ_ACCESS', said, { eca: status })
  if (status === eca.NOWTACCESS) return new CaError('CA_NO_WRITE_ACCESS', said, { eca: status })
  const code =
    what === 'read' ? 'CA_READ_FAILED' : what === 'write' ? 'CA_WRITE_FAILED' : 'CA_SUBSCRIBE_FAILED'
  return new CaError(code, said, { eca: status })
}

/** A value of a reply, or why there is none: on failure the payload is zeros and never a value. */
export function readingOf(what: 'read' | 'update', reply: ReplyBytes, scalar: boolean): CaReading | CaError {
  if (reply.status !== eca.NORMAL) return failureOf(what, reply.status)
  try {
    return decodeDbr({ dbr: reply.dbr, count: reply.count, payload: reply.payload, scalar })
  } catch (error) {
    return error instanceof CaError
      ? error
      : new CaError('CA_PEER_MALFORMED', 'undecodable value', { cause: error })
  }
}

/** The requests of one circuit that wait for an answer, and its subscriptions. */
export interface CircuitPending {
  addRequest(ioid: number, request: Pending): void
  takeRequest(ioid: number): Pending | undefined
  addSubscription(id: number, subscription: { readonly cid: number; readonly scalar: boolean }): void
  subscription(id: number): Subscription | undefined
  cancelSubscription(id: number): void
  dropSubscription(id: number): void
  /** Removes and gives the requests of a channel, or all. */
  takeRequests(cid?: number): readonly (Pending & { readonly ioid: number })[]
  dropSubscriptions(cid?: number): void
}

export function createCircuitPending(): CircuitPending {
  const requests = new Map<number, Pending>()
  const subscriptions = new Map<number, Subscription>()
  return {
    addRequest: (ioid, request) => void requests.set(ioid, request),
    takeRequest(ioid) {
      const request = requests.get(ioid)
      requests.delete(ioid)
      return request
    },
    addSubscription: (id, { cid, scalar }) => void subscriptions.set(id, { cid, scalar, cancelled: false }),
    subscription: (id) => subscriptions.get(id),
    cancelSubscription(id) {
      const subscription = subscriptions.get(id)
      if (subscription !== undefined) subscription.cancelled = true
    },
    dropSubscription: (id) => void subscriptions.delete(id),
    takeRequests(cid) {
      const taken: (Pending & { readonly ioid: number })[] = []
      for (const [ioid, request] of requests) {
        if (cid !== undefined && request.cid !== cid) continue
        requests.delete(ioid)
        taken.push({ ...request, ioid })
      }
      return taken
    },
    dropSubscriptions(cid) {
      for (const [id, subscription] of subscriptions)
        if (cid === undefined || subscription.cid === cid) subscriptions.delete(id)
    },
  }
}
