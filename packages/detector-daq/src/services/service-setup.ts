import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Logger } from '@beamtime/service-kit'
import { brokerAddress, type BrokerAddress } from '../amqp/broker-address.ts'
import { redisAddress, type RedisAddress } from '../redis/redis-link.ts'
import { parseServiceConfig, type ServiceConfig } from '../redis/service-config.ts'
import { DaqError } from '../error.ts'
import { parseProgram, textValue, type ProgramTable, type ProgramValues } from './program-arguments.ts'
import { serviceLogger, serviceLogLevels } from './service-log.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ServiceSetup {
  readonly kind: 'setup'
  /** `--service_name`, else SERVICE_NAME, else a random one. */
  readonly name: string
  /** What `--json_config_file` holds; {} when the default file is not there. */
  readonly config: ServiceConfig
  readonly values: ProgramValues
  readonly words: readonly string[]
  readonly log: Logger
}

/** Options that every service has (daq contract 13). */
export const setupOptions = {
  service_name: {
    takes: 'value',
    help: 'Name of the service (default: SERVICE_NAME, else a random one)',
  },
  json_config_file: {
    takes: 'value',
    default: 'config.json',
    help: 'JSON file with the configuration of the service',
  },
  log_level: { takes: 'value', default: 'INFO', choices: serviceLogLevels, help: 'What the log tells' },
} as const satisfies ProgramTable['options']

/** The option with which services name their broker. */
export function brokerOption(env: Environment): ProgramTable['options'] {
  return {
    broker_url: {
      takes: 'value',
      default: env['BROKER_HOST'] ?? '127.0.0.1',
      help: 'Address of the broker, from BROKER_HOST',
    },
  }
}

/** Whether an environment variable says yes. */
export function isYes(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes|on)$/i.test(value.trim())
}

/** REDIS_HOST and REDIS_PORT. */
export function redisOfEnvironment(env: Environment): RedisAddress {
  const port = Number(env['REDIS_PORT'] ?? '6379')
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new DaqError({
      code: 'DAQ_CONFIG_INVALID',
      message: `REDIS_PORT: "${env['REDIS_PORT']}" is no port`,
      fault: 'caller',
      remedy: 'Correct REDIS_PORT.',
      key: 'REDIS_PORT',
    })
  return redisAddress(env['REDIS_HOST'] ?? '127.0.0.1', 'REDIS_HOST', port)
}

/** The broker that `--broker_url` names; messages name the variable where it came from there. */
export function brokerOfSetup(values: ProgramValues, env: Environment): BrokerAddress {
  const url = textValue(values, 'broker_url')
  return brokerAddress(url, url === env['BROKER_HOST'] ? 'BROKER_HOST' : '--broker_url')
}

/**
 * Reads the command line and the configuration of a service and makes its log: what `default_service_setup` does for the Python
 * services. Throws DAQ_SERVICE_INVALID, DAQ_CONFIG_INVALID.
 */
export function serviceSetup(
  table: ProgramTable,
  args: readonly string[],
  env: Environment,
): ServiceSetup | { readonly kind: 'help'; readonly text: string } {
  const parsed = parseProgram({ ...table, options: { ...table.options, ...setupOptions } }, args)
  if (parsed.kind === 'help') return parsed
  const { values, words } = parsed
  const name = textValue(values, 'service_name') || (env['SERVICE_NAME'] ?? '') || randomUUID()
  const level = serviceLogLevels.find((each) => each === values['log_level']) ?? 'INFO'
  const file = textValue(values, 'json_config_file')
  const isDefault = file === setupOptions.json_config_file.default
  return {
    kind: 'setup',
    name,
    config: configOf(file, isDefault),
    values,
    words,
    log: serviceLogger(name, level),
  }
}

function configOf(file: string, isOptional: boolean): ServiceConfig {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (isOptional && (cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new DaqError({
      code: 'DAQ_CONFIG_INVALID',
      message: `--json_config_file: ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'caller',
      remedy: 'Name a readable JSON file with --json_config_file.',
      key: 'json_config_file',
      cause,
    })
  }
  return parseServiceConfig(text, file)
}
