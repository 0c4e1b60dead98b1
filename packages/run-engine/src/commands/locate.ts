import { isLocatable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'

/* locate: obj and further objects as args; squeeze = true. Result: the location of one object, or a list. */
export const locate: Command = (core, msg) => {
  const devices = [msg.obj, ...msg.args].map((object) => core.require(object, isLocatable, 'locatable'))
  const [only] = devices
  if (devices.length === 1 && only !== undefined && msg.kwargs['squeeze'] !== false) return only.locate()
  return Promise.all(devices.map(async (device) => device.locate()))
}
