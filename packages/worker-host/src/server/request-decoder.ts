import { workerOperationNames, type WorkerOperation } from '../protocol.ts'

export type DecodedRequest =
  | {
      readonly kind: 'request'
      readonly id: number
      readonly op: WorkerOperation
      readonly params: Readonly<Record<string, unknown>>
    }
  /** Well formed, but not an operation of ours: answered, the connection stays. */
  | { readonly kind: 'unknown'; readonly id: number; readonly reason: string }
  /** Not from a manager: the connection is closed. */
  | { readonly kind: 'malformed'; readonly reason: string }

export function decodeRequest(value: unknown): DecodedRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'malformed', reason: 'a line is not an object' }
  }
  const { id, op, ...params } = value as Record<string, unknown>
  if (typeof id !== 'number' || !Number.isSafeInteger(id))
    return { kind: 'malformed', reason: 'no integer id' }
  if (!isOperation(op))
    return { kind: 'unknown', id, reason: `Unknown operation: ${String(op).slice(0, 80)}` }
  return { kind: 'request', id, op, params }
}

function isOperation(op: unknown): op is WorkerOperation {
  return typeof op === 'string' && (workerOperationNames as readonly string[]).includes(op)
}
