import type { Command } from '../engine/command.ts'

/* wait: group (kwarg or the only argument), timeout = null (seconds), error_on_timeout = true, watch = [].
 * Result: whether the group is done. */
export const wait: Command = (core, msg) => {
  const { timeout = null, error_on_timeout: errorOnTimeout = true, watch = [] } = msg.kwargs
  const group = 'group' in msg.kwargs ? msg.kwargs['group'] : (msg.args[0] ?? null)
  return core.groups.wait(group, {
    timeoutS: typeof timeout === 'number' ? timeout : null,
    errorOnTimeout: errorOnTimeout !== false,
    watch: Array.isArray(watch) ? watch : [],
  })
}
