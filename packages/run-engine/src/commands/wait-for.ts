import type { Command } from '../engine/command.ts'
import { waitTimeout } from '../engine/status-groups.ts'
import { badMessage } from '../error.ts'

/* wait_for: args[0] = functions that return a promise, called again after a rewind; timeout = null (seconds),
 * return_when = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION'. Result: the promises. */
export const waitFor: Command = (core, msg) => {
  const [factories] = msg.args
  if (!Array.isArray(factories)) throw badMessage("'wait_for' needs a list of functions that return promises")
  const { timeout = null, return_when: returnWhen = 'ALL_COMPLETED' } = msg.kwargs
  const promises = factories.map((factory: () => Promise<unknown>) => Promise.resolve(factory()))
  const settled = returnWhen === 'FIRST_COMPLETED' ? Promise.race(promises) : untilDone(promises, returnWhen)
  if (typeof timeout !== 'number')
    return settled.then(
      () => promises,
      () => promises,
    )
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(waitTimeout('a promise', timeout)), timeout * 1000)
    core.onAbandon(() => clearTimeout(timer))
    const finish = (): void => {
      clearTimeout(timer)
      resolve(promises)
    }
    settled.then(
      () => finish(),
      () => finish(),
    )
  })
}

function untilDone(promises: readonly Promise<unknown>[], returnWhen: unknown): Promise<unknown> {
  return returnWhen === 'FIRST_EXCEPTION' ? Promise.all(promises) : Promise.allSettled(promises)
}
