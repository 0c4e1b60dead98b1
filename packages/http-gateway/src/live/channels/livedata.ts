import { liveSessions } from '../../livedata/live-sessions.ts'
import type { LiveInstruments } from '../../livedata/live-instruments.ts'
import type { LiveChannelState } from '../../ui-types.ts'
import { ChannelError, stringArg } from '../channel.ts'
import type { Channel } from '../channel.ts'

/** Workflows, jobs, workers and notices of an instrument; args `{instrument}`. */
export function livedataChannel(instruments: LiveInstruments): Channel {
  const sessions = liveSessions()
  return {
    scope: 'read:monitor',
    open(subscription, args) {
      const name = stringArg(args, 'instrument') ?? instruments.list[0]?.name ?? ''
      const view = instruments.view(name)
      if (view === undefined) throw new ChannelError('notfound', `There is no instrument '${name}'.`)
      const now = (): LiveChannelState => ({
        ...view.state(),
        isConnected: view.isConnected(),
        outputKeys: view.outputKeys(),
        sessions: sessions.list(name, subscription),
      })
      const leave = sessions.enter(name, subscription)
      const tell = (): void => subscription.state(now())
      const ends = [view.onState(tell), sessions.onChange(tell)]
      tell()
      return {
        set: () => subscription.snap(now()),
        close() {
          for (const end of ends) end()
          leave()
        },
      }
    },
  }
}
