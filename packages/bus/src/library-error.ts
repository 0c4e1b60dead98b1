import { findErrorBy } from '@platformatic/kafka'
import { BusError, type BusErrorCode } from './error.ts'

interface Meaning {
  readonly code: BusErrorCode
  readonly fault: BusError['fault']
  readonly remedy: string
  readonly canRetry?: boolean
}

/** Of errors within errors. */
const maxDepth = 8

const unavailable: Meaning = {
  code: 'BUS_UNAVAILABLE',
  fault: 'environment',
  remedy: 'Start the broker, or correct bus.bootstrap_servers.',
  canRetry: true,
}

const unknownTopic: Meaning = {
  code: 'BUS_TOPIC_UNKNOWN',
  fault: 'caller',
  remedy: 'Create the topic first (ensureTopics).',
  canRetry: true,
}

/** Kafka's error names that mean something of their own here. */
const meanings: Readonly<Record<string, Meaning>> = {
  UNKNOWN_TOPIC_ID: {
    code: 'BUS_TOPIC_UNKNOWN',
    fault: 'caller',
    remedy: 'The topic was deleted. Create it again.',
    canRetry: true,
  },
  TOPIC_ALREADY_EXISTS: {
    code: 'BUS_TOPIC_EXISTS',
    fault: 'caller',
    remedy: 'Use it as it is, or delete it first.',
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 'BUS_TOPIC_INVALID',
    fault: 'caller',
    remedy: 'Use 1 to 249 of a-z, A-Z, 0-9, dot, underscore and hyphen.',
  },
  INVALID_PARTITIONS: {
    code: 'BUS_TOPIC_INVALID',
    fault: 'caller',
    remedy: 'Ask for at least one partition.',
  },
  INVALID_CONFIG: {
    code: 'BUS_TOPIC_INVALID',
    fault: 'caller',
    remedy: 'Correct the settings of the topic.',
  },
  MESSAGE_TOO_LARGE: {
    code: 'BUS_RECORD_TOO_LARGE',
    fault: 'caller',
    remedy: 'Raise max.message.bytes of the topic, or send less in one record.',
  },
  RECORD_LIST_TOO_LARGE: {
    code: 'BUS_RECORD_TOO_LARGE',
    fault: 'caller',
    remedy: 'Raise max.message.bytes of the topic, or send less in one record.',
  },
  OFFSET_OUT_OF_RANGE: {
    code: 'BUS_OFFSET_LOST',
    fault: 'environment',
    remedy: 'The records are deleted (retention). Start from the earliest offset.',
  },
  NON_EMPTY_GROUP: {
    code: 'BUS_GROUP_BUSY',
    fault: 'caller',
    remedy: 'Stop the members of the group first.',
  },
  FENCED_INSTANCE_ID: {
    code: 'BUS_GROUP_BUSY',
    fault: 'caller',
    remedy: 'Another member has the same instanceId. Stop one of them, or give each its own.',
  },
  GROUP_ID_NOT_FOUND: { code: 'BUS_GROUP_UNKNOWN', fault: 'caller', remedy: 'Check the name of the group.' },
  SASL_AUTHENTICATION_FAILED: { code: 'BUS_AUTHENTICATION', fault: 'caller', remedy: 'Correct bus.sasl.' },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 'BUS_AUTHENTICATION',
    fault: 'caller',
    remedy: 'Ask for access to the topic.',
  },
  GROUP_AUTHORIZATION_FAILED: {
    code: 'BUS_AUTHENTICATION',
    fault: 'caller',
    remedy: 'Ask for access to the group.',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'BUS_AUTHENTICATION',
    fault: 'caller',
    remedy: 'Ask for access to the cluster.',
  },
}

/** The library tells an absent topic in words only (`UserError: Unknown topic NAME.`, version 2.12.1). */
export function isUnknownTopic(error: unknown): boolean {
  return (
    hasKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION') ||
    (error instanceof Error && textOf(error).startsWith('Unknown topic '))
  )
}

/** Whether the library says that one of Kafka's errors is (part of) the cause. */
export function hasKafkaError(error: unknown, name: string): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', name) !== null
}

/** Any error of the library as the package's own. */
export function busErrorOf(error: unknown, doing: string): BusError {
  if (error instanceof BusError) return error
  const message = `${doing}: ${textOf(error)}`
  if (isUnknownTopic(error)) return new BusError({ ...unknownTopic, message, cause: error })
  for (const [name, meaning] of Object.entries(meanings)) {
    if (hasKafkaError(error, name)) return new BusError({ ...meaning, message, cause: error })
  }
  const codes = codesOf(error)
  if (codes.some((code) => /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL_)/.test(code))) {
    const remedy =
      'Correct bus.tls: ca has to hold the authority of the brokers, cert and key what they ask for.'
    return new BusError({ code: 'BUS_AUTHENTICATION', fault: 'caller', remedy, message, cause: error })
  }
  if (codes.includes('PLT_KFK_AUTHENTICATION')) {
    const remedy = 'Correct bus.sasl: mechanism, username and password.'
    return new BusError({ code: 'BUS_AUTHENTICATION', fault: 'caller', remedy, message, cause: error })
  }
  if (error instanceof Error && findErrorBy(error, 'canRetry', false) !== null) {
    const remedy = 'See the cause: the broker does not accept this request.'
    return new BusError({ code: 'BUS_REFUSED', fault: 'caller', remedy, message, cause: error })
  }
  return new BusError({ ...unavailable, message, cause: error })
}

/** Codes of an error and of all that it wraps; the library's own search stops at a failed connection. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > maxDepth) return []
  const { code } = error as { readonly code?: unknown }
  const inner: readonly unknown[] = [error.cause, ...(error instanceof AggregateError ? error.errors : [])]
  return [...(typeof code === 'string' ? [code] : []), ...inner.flatMap((one) => codesOf(one, depth + 1))]
}

/** The innermost message: the library wraps several times. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return textOf(error.errors.at(-1))
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} ${textOf(error.cause)}` : error.message
}
