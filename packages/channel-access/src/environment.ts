import { CaError } from './error.ts'
import type { CaOptions } from './options.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** libca refuses a slower retry limit below this. */
const leastSearchPeriodS = 60
/** Values below are rounded up by libca. */
const leastArrayBytes = 16_384

function invalid(name: string, value: string, wanted: string): CaError {
  return new CaError('CA_OPTION_INVALID', `${name} = "${value}" is not ${wanted}`)
}

function readBoolean(name: string, value: string): boolean {
  const word = value.trim().toUpperCase()
  if (word === 'YES') return true
  if (word === 'NO') return false
  throw invalid(name, value, 'YES or NO')
}

function readNumber(name: string, value: string): number {
  const number = Number(value.trim())
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw invalid(name, value, 'a number')
  return number
}

function readList(value: string): readonly string[] {
  return value.split(/\s+/).filter((word) => word !== '')
}

/** How each variable of the C library becomes options. */
const variables: Readonly<Record<string, (value: string, name: string, env: Environment) => CaOptions>> = {
  EPICS_CA_ADDR_LIST: (value) => ({ addrList: readList(value) }),
  EPICS_CA_AUTO_ADDR_LIST: (value, name) => ({ autoAddrList: readBoolean(name, value) }),
  EPICS_CA_NAME_SERVERS: (value) => ({ nameServers: readList(value) }),
  EPICS_CA_CONN_TMO: (value, name) => ({ connTimeoutMs: readNumber(name, value) * 1000 }),
  EPICS_CA_SERVER_PORT: (value, name) => ({ serverPort: readNumber(name, value) }),
  EPICS_CA_REPEATER_PORT: (value, name) => ({ repeaterPort: readNumber(name, value) }),
  EPICS_CA_MAX_SEARCH_PERIOD: (value, name) => ({
    maxSearchPeriodMs: Math.max(leastSearchPeriodS, readNumber(name, value)) * 1000,
  }),
  EPICS_CA_MCAST_TTL: (value, name) => ({ multicastTtl: readNumber(name, value) }),
  EPICS_CA_MAX_ARRAY_BYTES: (value, name, env) => {
    const automatic = env['EPICS_CA_AUTO_ARRAY_BYTES']
    if (
      automatic === undefined ||
      automatic.trim() === '' ||
      readBoolean('EPICS_CA_AUTO_ARRAY_BYTES', automatic)
    )
      return {}
    return { maxPayloadBytes: Math.max(leastArrayBytes, readNumber(name, value)) }
  },
}

/** The options that EPICS_CA_* variables set; those that are absent or empty set nothing. Throws CA_OPTION_INVALID with the name. */
export function caOptionsFromEnvironment(env: Environment): CaOptions {
  let options: CaOptions = {}
  for (const [name, read] of Object.entries(variables)) {
    const value = env[name]
    if (value !== undefined && value.trim() !== '') options = { ...options, ...read(value, name, env) }
  }
  return options
}
