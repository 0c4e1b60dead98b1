import type { BusOptions } from '@beamtime/bus'
import { liveDataBusVariable } from '../bus-variable.ts'
import { LiveDataError } from '../error.ts'
import { createLiveDataDevice, type LiveDataDevice, type LiveDataDeviceOptions } from './live-data-device.ts'

/**
 * A live-data output of the platform that runs this code as a detector. For startup files:
 * `export const region = platformLiveData('region', { instrument: 'dummy', workflow: 'panel_0_xy', source: 'panel_0', output: 'counts_total' })`.
 * Throws LIVEDATA_REFUSED outside of a platform.
 */
export function platformLiveData(
  name: string,
  options: Omit<LiveDataDeviceOptions, 'bus'>,
  environment: NodeJS.ProcessEnv = process.env,
): LiveDataDevice {
  const text = environment[liveDataBusVariable] ?? ''
  if (text === '')
    throw new LiveDataError({
      code: 'LIVEDATA_REFUSED',
      message: `${name}: no platform says where live data are`,
      fault: 'caller',
      remedy: `start this in a platform, or give createLiveDataDevice a bus`,
    })
  return createLiveDataDevice(name, { ...options, bus: JSON.parse(text) as BusOptions })
}
