import { readFileSync } from 'node:fs'
import { GatewayError } from '../error.ts'

export interface TlsMaterial {
  readonly cert: Buffer
  readonly key: Buffer
  readonly passphrase?: string
  readonly ca?: Buffer
  readonly ciphers?: string
}

/** Reads certificate and key of the table `http.tls`; null for plain HTTP. Throws GATEWAY_CONFIG_INVALID. */
export function tlsMaterial(tls: Readonly<Record<string, unknown>>): TlsMaterial | null {
  const text = (name: string): string => (typeof tls[name] === 'string' ? tls[name] : '')
  const [cert, key] = [text('cert'), text('key')]
  if (cert === '' && key === '') return null
  if (cert === '' || key === '') throw invalid('http.tls needs both cert and key')
  return {
    cert: readPem(cert, 'http.tls.cert'),
    key: readPem(key, 'http.tls.key'),
    ...(text('key_password') === '' ? {} : { passphrase: text('key_password') }),
    ...(text('ca') === '' ? {} : { ca: readPem(text('ca'), 'http.tls.ca') }),
    ...(text('ciphers') === '' ? {} : { ciphers: text('ciphers') }),
  }
}

function readPem(path: string, key: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw invalid(`${key}: ${path} cannot be read`, cause)
  }
}

function invalid(message: string, cause?: unknown): GatewayError {
  return new GatewayError({
    code: 'GATEWAY_CONFIG_INVALID',
    message,
    remedy: 'Give the paths of a PEM certificate and its key, or leave both empty.',
    cause,
  })
}
