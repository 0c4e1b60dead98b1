import { isReadable, type Device } from '../devices/protocols.ts'
import type { Readings } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import type { EngineCore } from '../engine/core.ts'
import { isPromise, whenKnown } from '../engine/maybe-promise.ts'
import { RunEngineError } from '../error.ts'
import type { Msg } from '../msg.ts'

/* read: reads the object; if an event is open the reading becomes part of it. Result: the reading. */
export const read: Command = (core, msg) => {
  const device = core.require(msg.obj, isReadable, 'readable')
  const readings = device.read()
  return isPromise(readings)
    ? readings.then((known) => keep({ core, msg, device }, known))
    : keep({ core, msg, device }, readings)
}

function keep(
  context: { readonly core: EngineCore; readonly msg: Msg; readonly device: Device },
  readings: Readings | null | undefined,
): unknown {
  const { core, msg, device } = context
  if (readings === null || readings === undefined) {
    throw new RunEngineError({
      code: 'DEVICE_PROTOCOL',
      text: `the read of ${device.name} returned nothing`,
      fault: 'caller',
      remedy: 'Let `read` of the device return its readings by key.',
    })
  }
  const run = core.runOf(msg)
  if (run === null || !run.bundling) return readings
  return whenKnown(run.addReading(device, readings), () => readings)
}
