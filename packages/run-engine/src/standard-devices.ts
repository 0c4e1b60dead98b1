import type { Device } from './devices/protocols.ts'
import { createSimulatedDevices, type HardwareOptions } from './simulated/hardware.ts'

/** The standard simulated devices by name, for a namespace. */
export function standardDevices(options: HardwareOptions = {}): Readonly<Record<string, Device>> {
  return { ...createSimulatedDevices(options) }
}
