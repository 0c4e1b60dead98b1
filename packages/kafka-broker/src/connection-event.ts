/** What a connection reports. */
export type ConnectionEvent =
  | {
      readonly kind: 'malformed'
      readonly remote: string
      readonly clientId: string
      readonly reason: string
    }
  | {
      readonly kind: 'login-missing'
      readonly remote: string
      readonly clientId: string
      readonly api: string
    }
  | {
      readonly kind: 'unsupported'
      readonly remote: string
      readonly clientId: string
      readonly apiKey: number
      readonly apiVersion: number
    }
  | {
      readonly kind: 'request-failed'
      readonly remote: string
      readonly clientId: string
      readonly api: string
      readonly error: unknown
    }
  | { readonly kind: 'sender-dropped'; readonly remote: string; readonly clientId: string }
  | { readonly kind: 'reader-dropped'; readonly remote: string; readonly clientId: string }
  | {
      readonly kind: 'request'
      readonly api: string
      readonly apiKey: number
      readonly seconds: number
      /** Error codes in the answer. */
      readonly errors: readonly number[]
    }
