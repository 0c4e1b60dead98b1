import type { DetectorParts } from '../../routes/detectors.ts'
import { ChannelError, stringArg } from '../channel.ts'
import type { Channel, ChannelArgs } from '../channel.ts'

/** State of one detector, whole, four times a second; args `{id}`. A state of null: the service does not answer. */
export function detectorChannel({ watches }: DetectorParts): Channel {
  return {
    scope: 'read:monitor',
    open(subscription, args) {
      const start = (given: ChannelArgs): (() => void) => {
        const id = stringArg(given, 'id')
        const watch = id === null ? undefined : watches.get(id)
        if (watch === undefined) throw new ChannelError('notfound', `There is no detector '${id ?? ''}'.`)
        return watch.onLook((state) => subscription.snap({ state }))
      }
      let stop = start(args)
      return {
        set(given) {
          stop()
          stop = start(given)
        },
        close: () => stop(),
      }
    },
  }
}
