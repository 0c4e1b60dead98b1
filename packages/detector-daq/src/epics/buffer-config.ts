import { DaqError } from '../error.ts'

/** Configuration of the EPICS buffer (daq contract 14.1). */
export interface EpicsBufferConfig {
  readonly pulseIdPv: string | undefined
  readonly pvList: readonly string[]
  /** Ask for what archivers get as well. */
  readonly useArchiverPrecision: boolean
}

const mostPvs = 100_000

function invalid(key: string, reason: string): DaqError {
  return new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `${key}: ${reason}`,
    fault: 'caller',
    remedy: `Correct ${key}: {"pulse_id_pv": "NAME", "pv_list": ["NAME", ...]}.`,
    key,
  })
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 500
}

/** Reads the configuration. Throws DAQ_CONFIG_INVALID that names the key. */
export function epicsBufferConfig(config: Readonly<Record<string, unknown>>): EpicsBufferConfig {
  const { pulse_id_pv: pulse = null, pv_list: list = [], use_archiver_precision: precision = false } = config
  if (!Array.isArray(list)) throw invalid('pv_list', `${JSON.stringify(list)} is not a list of names`)
  const names: unknown[] = list
  if (names.length > mostPvs) throw invalid('pv_list', `${names.length} names; at most ${mostPvs}`)
  for (const [at, name] of names.entries())
    if (!isName(name)) throw invalid(`pv_list[${at}]`, `${JSON.stringify(name)} is not the name of a PV`)
  if (pulse !== null && pulse !== '' && !isName(pulse))
    throw invalid('pulse_id_pv', `${JSON.stringify(pulse)} is not the name of a PV`)
  if (typeof precision !== 'boolean')
    throw invalid('use_archiver_precision', `${JSON.stringify(precision)} is not true or false`)
  return {
    pulseIdPv: isName(pulse) ? pulse : undefined,
    pvList: [...new Set(names.filter(isName))],
    useArchiverPrecision: precision,
  }
}
