import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { BrokerError } from '../error.ts'

function invalid(message: string, remedy: string, cause?: unknown): BrokerError {
  return new BrokerError({ code: 'BROKER_CONFIG_INVALID', message, fault: 'caller', remedy, cause })
}

/** Options of a TLS server from `broker.tls`; null when no certificate is set. Throws BROKER_CONFIG_INVALID. */
export function tlsSettings(
  raw: Readonly<Record<string, unknown>>,
  resolvePath: (path: string) => string,
): TlsOptions | null {
  const [cert, key, ca] = (['cert', 'key', 'ca'] as const).map((name) =>
    readPem(raw[name], name, resolvePath),
  )
  const { client_auth: clientAuth = 'none' } = raw
  if (clientAuth !== 'none' && clientAuth !== 'requested' && clientAuth !== 'required')
    throw invalid(
      `broker.tls.client_auth = ${JSON.stringify(clientAuth)} is unknown`,
      'Write none, requested or required.',
    )
  if (cert === undefined && key === undefined) {
    if (clientAuth === 'none') return null
    throw invalid(
      'broker.tls.client_auth asks for certificates, but broker.tls.cert is not set',
      'Set cert and key.',
    )
  }
  if (cert === undefined || key === undefined)
    throw invalid(
      `broker.tls.${cert === undefined ? 'cert' : 'key'} is missing`,
      'A certificate needs its key.',
    )
  if (clientAuth === 'required' && ca === undefined)
    throw invalid(
      'broker.tls.ca is missing',
      'Name the PEM file of those who sign the certificates of clients.',
    )
  return {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'required',
    handshakeTimeout: 10_000,
    minVersion: 'TLSv1.2',
  }
}

function readPem(value: unknown, name: string, resolvePath: (path: string) => string): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  if (value.startsWith('-----BEGIN')) return value
  try {
    return readFileSync(resolvePath(value), 'utf8')
  } catch (cause) {
    throw invalid(
      `broker.tls.${name}: ${value} cannot be read`,
      'Name a PEM file that this user can read.',
      cause,
    )
  }
}

/** Subject of a client's certificate as Kafka writes it (RFC 2253), null without a valid one. */
export function certificateSubject(socket: TLSSocket): string | null {
  if (!socket.authorized) return null
  const { raw } = socket.getPeerCertificate()
  if (raw === undefined) return null
  return new X509Certificate(raw).subject.split('\n').toReversed().join(',')
}
