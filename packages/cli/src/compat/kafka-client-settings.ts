import { readFileSync } from 'node:fs'
import type { BusOptions, BusSasl, BusTls } from '@beamtime/bus'
import { KafkaUsageError } from './kafka-error.ts'
import type { KafkaProperties } from './kafka-properties.ts'

/** Properties of Java's clients as options of the bus. Throws KafkaUsageError for what it cannot do. */
export function busOptionsOf(servers: string, properties: KafkaProperties, program: string): BusOptions {
  const security = securityOf(properties)
  const isSasl = security.startsWith('sasl')
  const isTls = security.endsWith('ssl')
  return {
    bootstrapServers: serverList(servers),
    clientId: properties.get('client.id') ?? program,
    security,
    ...(isSasl ? { sasl: saslOf(properties) } : {}),
    ...(isTls ? { tls: tlsOf(properties) } : {}),
  }
}

function serverList(text: string): string[] {
  const servers = text.split(',').map((server) => server.trim().replace(/^[A-Z_]+:\/\//, ''))
  for (const server of servers) {
    if (!/^(?:\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/.test(server))
      throw new KafkaUsageError(`Invalid url in bootstrap.servers: ${server}`)
  }
  return servers
}

function securityOf(properties: KafkaProperties): NonNullable<BusOptions['security']> {
  const text = (properties.get('security.protocol') ?? 'PLAINTEXT').toLowerCase()
  if (text === 'plaintext' || text === 'ssl' || text === 'sasl_plaintext' || text === 'sasl_ssl') return text
  throw new KafkaUsageError(
    `Invalid value ${text} for configuration security.protocol: String must be one of: PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL`,
  )
}

/** Java's default is GSSAPI, which needs Kerberos. */
function saslOf(properties: KafkaProperties): BusSasl {
  const mechanism = properties.get('sasl.mechanism') ?? 'GSSAPI'
  if (mechanism !== 'PLAIN' && mechanism !== 'SCRAM-SHA-256' && mechanism !== 'SCRAM-SHA-512') {
    throw new KafkaUsageError(
      `sasl.mechanism=${mechanism} is not supported: set sasl.mechanism to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512`,
    )
  }
  const jaas = properties.get('sasl.jaas.config') ?? ''
  const username = jaasValue(jaas, 'username')
  const password = jaasValue(jaas, 'password')
  if (username === null || password === null) {
    throw new KafkaUsageError(
      'Could not find username and password in sasl.jaas.config: give it as \'...LoginModule required username="NAME" password="SECRET";\'',
    )
  }
  return { mechanism, username, password }
}

/** `username="alice"` of a JAAS line, with \" and \\ inside the quotes; quotes may be left out. */
function jaasValue(jaas: string, name: string): string | null {
  const found = new RegExp(
    String.raw`(?:^|\s)${name}\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;"']+))`,
  ).exec(jaas)
  if (found === null) return null
  const [, quoted, single, bare] = found
  return quoted === undefined ? (single ?? bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1')
}

function tlsOf(properties: KafkaProperties): BusTls {
  const ca = pemOf(properties, { text: 'ssl.truststore.certificates', store: 'truststore' })
  const own = pemOf(properties, { text: 'ssl.keystore.certificate.chain', store: 'keystore' })
  // A PEM key store holds the key and the certificates in one file.
  const key = properties.get('ssl.keystore.key') ?? own
  const checksName = (properties.get('ssl.endpoint.identification.algorithm') ?? 'https') !== ''
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(own === undefined || key === undefined ? {} : { cert: own, key }),
    ...(checksName ? {} : { checkHostname: false }),
  }
}

function pemOf(
  properties: KafkaProperties,
  where: { readonly text: string; readonly store: 'truststore' | 'keystore' },
): string | undefined {
  const text = properties.get(where.text)
  if (text !== undefined) return text
  const path = properties.get(`ssl.${where.store}.location`)
  if (path === undefined) return undefined
  const type =
    properties.get(`ssl.${where.store}.type`) ?? (/\.(pem|crt|cer|key)$/.test(path) ? 'PEM' : 'JKS')
  if (type.toUpperCase() !== 'PEM') {
    throw new KafkaUsageError(
      `ssl.${where.store}.type=${type} is not supported: set it to PEM and ssl.${where.store}.location to a PEM file`,
    )
  }
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KafkaUsageError(
      `Failed to load PEM file ${path}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
