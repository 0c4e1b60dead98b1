import { daqConfig } from '@beamtime/detector-daq/config'
import { detectorAddressesVariable } from '@beamtime/detector-daq/device'
import type { DetectorAddress } from '@beamtime/http-gateway'
import { daqNames } from './daq-names.ts'
import type { Config } from './load-config.ts'

/** Detectors that have a REST face, for the gateway and for plans. */
export function detectorAddresses(config: Config): readonly DetectorAddress[] {
  return daqNames(config).flatMap((id) => {
    const { rest, simulator } = config.pick(`daq.${id}`, {
      rest: daqConfig.fields.rest,
      simulator: daqConfig.fields.simulator,
    })
    // Port 0 is known only when the service runs.
    if (rest === '' || rest.endsWith(':0')) return []
    const isSimulated = (simulator as Readonly<Record<string, unknown>>)['enabled'] === true
    return [{ id, url: `http://${rest}`, isSimulated }]
  })
}

/** What workers are told of the detectors: the variable of their REST addresses; nothing where there are none. */
export function detectorEnvironment(config: Config): Readonly<Record<string, string>> {
  const addresses = detectorAddresses(config).map(({ id, url }) => [id, url] as const)
  if (addresses.length === 0) return {}
  return { [detectorAddressesVariable]: JSON.stringify(Object.fromEntries(addresses)) }
}
