import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../error.ts'
import type { GatewayErrorCode } from '../error.ts'

/** The one place where an error becomes a status. */
const statusOf: Record<GatewayErrorCode, number> = {
  GATEWAY_REQUEST_INVALID: 400,
  GATEWAY_UNAUTHORIZED: 401,
  GATEWAY_CSRF: 403,
  GATEWAY_NOT_FOUND: 404,
  GATEWAY_MANAGER_TIMEOUT: 408,
  GATEWAY_BODY_INVALID: 422,
  GATEWAY_CONFIG_INVALID: 500,
  GATEWAY_UNAVAILABLE: 503,
}

interface ErrorLog {
  error(event: string, fields?: Record<string, unknown>): void
}

/** Answers every error with a JSON object that has `detail`, as clients expect; bugs get an id that stands in the log. */
export function errorHandler(log: ErrorLog) {
  return (error: FastifyError | GatewayError, request: FastifyRequest, reply: FastifyReply): void => {
    if (error instanceof GatewayError) {
      sendGatewayError(error, request, reply)
      return
    }
    const status = clientFault(error)
    if (status !== null) {
      void reply.code(status).send({ detail: clientDetail(error, status) })
      return
    }
    const id = randomUUID()
    log.error('request.failed', {
      id,
      method: request.method,
      route: request.routeOptions.url ?? '',
      err: error,
    })
    void reply.code(500).send({ detail: 'Internal server error', id })
  }
}

function sendGatewayError(error: GatewayError, request: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf[error.code]
  if (error.code === 'GATEWAY_UNAUTHORIZED') addChallenge(error, request, reply)
  if (error.code === 'GATEWAY_CSRF') {
    void reply.code(status).type('text/plain; charset=utf-8').send(error.detail)
    return
  }
  const detail =
    error.code === 'GATEWAY_BODY_INVALID'
      ? [{ loc: error.loc, msg: error.detail, type: 'value_error' }]
      : error.detail
  void reply.code(status).send({ detail })
}

function addChallenge(error: GatewayError, request: FastifyRequest, reply: FastifyReply): void {
  const scopes = error.requiredScopes.join(' ')
  void reply.header('WWW-Authenticate', scopes === '' ? 'Bearer' : `Bearer scope="${scopes}"`)
  void reply.header('X-Tiled-Root', `${request.protocol}://${request.host}/api`)
  if (scopes !== '') void reply.header('X-Reason', 'scope')
}

/** 4xx of Fastify itself: body too large, unsupported type, validation by a route's schema. */
function clientFault(error: FastifyError): number | null {
  if (error.validation !== undefined) return 422
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 422
  }
  const status = error.statusCode
  return status !== undefined && status >= 400 && status < 500 ? status : null
}

function clientDetail(error: FastifyError, status: number): unknown {
  if (error.validation !== undefined)
    return error.validation.map((one) => ({
      loc: [error.validationContext ?? 'body', ...one.instancePath.split('/').slice(1)],
      msg: one.message ?? 'invalid',
      type: one.keyword,
    }))
  if (status === 422) return [{ loc: ['body'], msg: error.message, type: 'value_error' }]
  return status === 413
    ? 'The body is larger than 64 MiB'
    : error.message || (STATUS_CODES[status] ?? 'Error')
}
