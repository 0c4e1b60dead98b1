/* What a request brings to say who it is, in the order in which the peers look (first match wins). */

export type Credential =
  | { readonly kind: 'api-key'; readonly secret: string; readonly from: 'query' | 'header' | 'cookie' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'login-cookie'; readonly secret: string }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'none' }

export interface CredentialSources {
  readonly queryApiKey: string | undefined
  readonly authorization: string | undefined
  readonly apiKeyCookie: string | undefined
  readonly loginCookie: string | undefined
}

/** Name of the cookie that carries an API key; fixed by the clients of the Bluesky HTTP Server. */
export const apiKeyCookie = 'bluesky_httpserver_api_key'
export const csrfCookie = 'bluesky_httpserver_csrf'

export function readCredential(sources: CredentialSources): Credential {
  if (sources.queryApiKey !== undefined)
    return { kind: 'api-key', secret: sources.queryApiKey, from: 'query' }
  const header = sources.authorization === undefined ? null : readAuthorization(sources.authorization)
  if (header !== null && header.kind !== 'bearer') return header
  if (sources.apiKeyCookie !== undefined && sources.apiKeyCookie !== '')
    return { kind: 'api-key', secret: sources.apiKeyCookie, from: 'cookie' }
  if (header !== null) return header
  if (sources.loginCookie !== undefined && sources.loginCookie !== '')
    return { kind: 'login-cookie', secret: sources.loginCookie }
  return { kind: 'none' }
}

/** Reads `<scheme> <secret>`; schemes are ApiKey and Bearer in any letter case. */
export function readAuthorization(header: string): Credential {
  const [, scheme = '', secret = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'apikey':
      return { kind: 'api-key', secret, from: 'header' }
    case 'bearer':
      return { kind: 'bearer', token: secret }
  }
  return {
    kind: 'malformed',
    detail:
      "Authorization header must include the authorization type followed by a space and then the secret, as in 'Bearer SECRET' or 'Apikey SECRET'. ",
  }
}
