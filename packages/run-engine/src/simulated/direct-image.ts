import type { StatusLike } from '../devices/status.ts'
import { compositeDevice, type CompositeDevice } from './composite-device.ts'
import { synSignal } from './syn-signals.ts'

export type SimulatedDevice = CompositeDevice & { trigger(): StatusLike }

/** A detector whose image is in the event itself. */
export function directImage(field: string, image: () => unknown): SimulatedDevice {
  const img = synSignal(field, image, { hinted: true })
  return compositeDevice(
    { name: 'direct', className: 'DirectImage', parts: { hinted: { img } } },
    { trigger: () => img.trigger() },
  )
}
