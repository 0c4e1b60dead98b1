export type GatewayErrorCode =
  | 'GATEWAY_REQUEST_INVALID'
  | 'GATEWAY_BODY_INVALID'
  | 'GATEWAY_NOT_FOUND'
  | 'GATEWAY_UNAUTHORIZED'
  | 'GATEWAY_CSRF'
  | 'GATEWAY_MANAGER_TIMEOUT'
  | 'GATEWAY_UNAVAILABLE'
  | 'GATEWAY_CONFIG_INVALID'

/** The only error that this package throws. `detail` is what the HTTP answer says. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean
  readonly detail: string
  /** For GATEWAY_BODY_INVALID: where in the request. */
  readonly loc: readonly (string | number)[]
  /** For GATEWAY_UNAUTHORIZED: the scopes that were asked for. */
  readonly requiredScopes: readonly string[]
  constructor(f: {
    code: GatewayErrorCode
    message: string
    remedy: string
    fault?: GatewayError['fault']
    canRetry?: boolean
    cause?: unknown
    loc?: readonly (string | number)[]
    requiredScopes?: readonly string[]
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.detail = f.message
    this.fault = f.fault ?? 'caller'
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
    this.loc = f.loc ?? []
    this.requiredScopes = f.requiredScopes ?? []
  }
}

/** 400: parameters that make no sense. */
export function badRequest(message: string, remedy = 'Correct the parameters of the request.'): GatewayError {
  return new GatewayError({ code: 'GATEWAY_REQUEST_INVALID', message, remedy })
}

/** 422: a body of the wrong shape; `loc` says where. */
export function badBody(message: string, loc: readonly (string | number)[] = ['body']): GatewayError {
  return new GatewayError({
    code: 'GATEWAY_BODY_INVALID',
    message,
    loc,
    remedy: 'Send a JSON object as the route describes it.',
  })
}

/** 404 */
export function notFound(message: string): GatewayError {
  return new GatewayError({ code: 'GATEWAY_NOT_FOUND', message, remedy: 'Check the name in the address.' })
}

/** 503: a part that the gateway needs for this request is not there now. */
export function unavailable(message: string, cause?: unknown): GatewayError {
  return new GatewayError({
    code: 'GATEWAY_UNAVAILABLE',
    message,
    fault: 'environment',
    remedy: 'Look at the services page, then try again.',
    canRetry: true,
    cause,
  })
}
