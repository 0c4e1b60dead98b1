import { daqConfig } from '@beamtime/detector-daq/config'
import { detectorAddressesVariable } from '@beamtime/detector-daq/device'
import { daqNames } from './daq-names.ts'
import type { Config } from './load-config.ts'

/** What workers are told of the detectors: the variable of their REST addresses; nothing where there are none. */
export function detectorEnvironment(config: Config): Readonly<Record<string, string>> {
  const addresses = daqNames(config).flatMap((name) => {
    const { rest } = config.pick(`daq.${name}`, { rest: daqConfig.fields.rest })
    // Port 0 is known only when the service runs.
    return rest === '' || rest.endsWith(':0') ? [] : [[name, `http://${rest}`] as const]
  })
  if (addresses.length === 0) return {}
  return { [detectorAddressesVariable]: JSON.stringify(Object.fromEntries(addresses)) }
}
