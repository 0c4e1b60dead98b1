import { deviceTraits, type Device } from '@beamtime/run-engine'
import type { WireDevice } from '../protocol.ts'

export interface DeviceListing {
  readonly module: string
  /** Levels of components that are listed; 0 = all. */
  readonly maxDepth: number
}

/** A device with its parts, as `devices_existing` shows it. */
export function wireDevice(device: Device, listing: DeviceListing): WireDevice {
  return describe(device, listing, [])
}

function describe(device: Device, listing: DeviceListing, above: readonly Device[]): WireDevice {
  const traits = deviceTraits(device)
  const unit = device.egu ?? device.units
  const limits = device.limits
  const components = componentsOf(device, listing, [...above, device])
  return {
    classname: traits.classname,
    module: listing.module,
    is_readable: traits.readable,
    is_movable: traits.movable,
    is_flyable: traits.flyable,
    name: device.name,
    ...(unit === undefined ? {} : { unit }),
    ...(limits === undefined || limits[0] === limits[1] ? {} : { limits }),
    ...(Object.keys(components).length === 0 ? {} : { components }),
  }
}

function componentsOf(
  device: Device,
  listing: DeviceListing,
  above: readonly Device[],
): Record<string, WireDevice> {
  if (listing.maxDepth > 0 && above.length > listing.maxDepth) return {}
  const components: Record<string, WireDevice> = {}
  for (const [name, component] of Object.entries(deviceTraits(device).components)) {
    if (!above.includes(component)) components[name] = describe(component, listing, above)
  }
  return components
}
