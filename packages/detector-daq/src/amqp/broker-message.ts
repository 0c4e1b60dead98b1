/* Messages of the user interaction flow (daq contract 9). Pure: no sockets here.
 *
 *   request  exchange `request` (topic), key = tag; correlation_id = id of the request; body JSON
 *   kill     exchange `kill` (topic), key = tag; correlation_id = id of the request; body empty
 *   status   exchange `status` (fanout), key = tag; correlation_id; headers action, source, message; body the request again
 */

export const exchanges = { request: 'topic', kill: 'topic', status: 'fanout' } as const
export type ExchangeName = keyof typeof exchanges

export const statusActions = ['request_start', 'request_success', 'request_fail'] as const
export type StatusAction = (typeof statusActions)[number]

/** A message as it comes from the broker. */
export interface RawMessage {
  readonly body: Uint8Array
  readonly correlationId: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

export interface BrokerRequest {
  readonly kind: 'request'
  readonly id: string
  readonly request: unknown
  readonly headers: Readonly<Record<string, unknown>>
}

export interface BrokerStatus {
  readonly kind: 'status'
  readonly id: string
  readonly request: unknown
  readonly action: StatusAction
  /** Name of the service that says so. */
  readonly source: string
  /** Result or error text; null where there is none. */
  readonly message: string | null
}

/** A message that cannot be served. `id` where it had one, so that its sender can be told. */
export interface RefusedMessage {
  readonly kind: 'refused'
  readonly id: string | undefined
  readonly reason: string
}

/** Bodies above this are refused unread. */
export const bodyLimitBytes = 1_048_576
const idLimit = 255

/** The id of a request: a short text, or undefined. */
export function requestId(raw: RawMessage): string | undefined {
  const { correlationId: id } = raw
  return typeof id === 'string' && id !== '' && id.length <= idLimit ? id : undefined
}

function parsed(
  raw: RawMessage,
): { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'bad'; readonly reason: string } {
  const { body } = raw
  if (body.length > bodyLimitBytes)
    return {
      kind: 'bad',
      reason: `The message has ${body.length} bytes; at most ${bodyLimitBytes} are read.`,
    }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    return { kind: 'json', value: JSON.parse(text) as unknown }
  } catch {
    return { kind: 'bad', reason: 'The body of the message is not JSON.' }
  }
}

export function readRequest(raw: RawMessage): BrokerRequest | RefusedMessage {
  const id = requestId(raw)
  if (id === undefined)
    return { kind: 'refused', id, reason: 'The message has no correlation_id, the id of the request.' }
  const body = parsed(raw)
  if (body.kind === 'bad') return { kind: 'refused', id, reason: body.reason }
  return { kind: 'request', id, request: body.value, headers: raw.headers }
}

function isAction(value: unknown): value is StatusAction {
  return statusActions.some((action) => action === value)
}

export function readStatus(raw: RawMessage): BrokerStatus | RefusedMessage {
  const read = readRequest(raw)
  if (read.kind === 'refused') return read
  const { action, source, message } = raw.headers
  if (!isAction(action) || typeof source !== 'string')
    return { kind: 'refused', id: read.id, reason: 'The message has no action and source: it is no status.' }
  return { kind: 'status', id: read.id, request: read.request, action, source, message: headerText(message) }
}

/** What a service returns, as the text or void that a header holds. */
export function headerText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? null)
}
