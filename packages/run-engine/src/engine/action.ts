import { isStatus, type StatusLike } from '../devices/status.ts'
import { RunEngineError } from '../error.ts'
import type { Msg } from '../msg.ts'
import type { EngineCore } from './core.ts'

/** Sets something in motion and makes its status part of the message's group. */
export function startAction(core: EngineCore, msg: Msg, start: () => unknown): StatusLike {
  const status = start()
  if (!isStatus(status)) {
    const device = msg.obj as { readonly name?: unknown }
    throw new RunEngineError({
      code: 'DEVICE_PROTOCOL',
      text: `'${msg.command}' of ${String(device.name)} did not return a status`,
      fault: 'caller',
      remedy: 'Return a Status at once and finish it later; do not return a promise.',
    })
  }
  core.addStatus(msg.kwargs['group'] ?? null, status)
  return status
}
