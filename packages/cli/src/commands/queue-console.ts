import { printJsonLine } from '../print.ts'
import type { QueueOptions } from '../queue/queue-session.ts'
import { withSession } from './queue-edit.ts'

const shortLookMs = 1_500

/** Without --follow: what comes within a moment; the manager keeps no backlog on this socket. */
export function queueConsole(options: QueueOptions & { readonly follow?: boolean }): Promise<number> {
  return withSession(options, async (session) => {
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort())
    const timer = options.follow === true ? null : setTimeout(() => stop.abort(), shortLookMs)
    await session.client.subscribe({
      signal: stop.signal,
      onConsole(message) {
        if (options.json === true) printJsonLine(message)
        else process.stdout.write(message.msg)
      },
      onState(state) {
        if (state === 'silent' && options.json !== true) process.stderr.write('(the manager is silent)\n')
      },
    })
    if (timer !== null) clearTimeout(timer)
    return 0
  })
}
