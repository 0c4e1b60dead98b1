import { createDaqDetector, type DaqDetector } from './daq-detector.ts'

/** Environment variable in which the platform tells its workers where its detectors are: JSON, name to REST address. */
export const detectorAddressesVariable = 'BEAMTIME_DAQ_URLS'

/**
 * The detectors of the platform that runs this code, by the names of their tables `[daq.NAME]`; empty outside of a platform.
 * For startup files: `export const { jungfrau } = platformDetectors()`.
 */
export function platformDetectors(
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, DaqDetector>> {
  const text = environment[detectorAddressesVariable] ?? ''
  if (text === '') return {}
  const addresses: unknown = JSON.parse(text)
  if (typeof addresses !== 'object' || addresses === null) return {}
  return Object.fromEntries(
    Object.entries(addresses).flatMap(([name, url]) =>
      typeof url === 'string' ? [[name, createDaqDetector(name, { url })]] : [],
    ),
  )
}
