import type { LiveOutput } from '@beamtime/live-data/ui-types'
import { windowOf } from '../../livedata/output-window.ts'
import type { LiveInstruments } from '../../livedata/live-instruments.ts'
import { outputFrame } from '../../livedata/output-frame.ts'
import { ChannelError, numberArg, stringArg } from '../channel.ts'
import type { Channel, Subscription } from '../channel.ts'

const usualRate = 5
const usualPixels = 262_144

/** Results of one output as binary frames; args `{instrument, key, maxRate?, maxPx?}`. Only the newest is sent. A key that ends with `@30,auto`: the updates of the last 30 s as one. */
export function outputChannel(instruments: LiveInstruments): Channel {
  return {
    scope: 'read:monitor',
    open(subscription, args) {
      const name = stringArg(args, 'instrument') ?? ''
      const view = instruments.view(name)
      if (view === undefined) throw new ChannelError('notfound', `There is no instrument '${name}'.`)
      const key = stringArg(args, 'key')
      if (key === null) throw new ChannelError('invalid', "'key' is workflow/source/output.")
      const periodMs = 1_000 / Math.max(0.1, Math.min(30, numberArg(args, 'maxRate') ?? usualRate))
      const maxPixels = Math.max(64, numberArg(args, 'maxPx') ?? usualPixels)
      const sender = newestOnly(subscription, { periodMs, maxPixels })
      const stop = follow(instruments, { name, key }, (output) => sender.take(output))
      return {
        set: () => sender.again(),
        close() {
          stop()
          sender.close()
        },
      }
    },
  }
}

function follow(
  instruments: LiveInstruments,
  { name, key }: { readonly name: string; readonly key: string },
  listener: (output: LiveOutput) => void,
): () => void {
  const choice = windowOf(key)
  if (choice === null) return instruments.view(name)?.onOutput(key, listener) ?? (() => undefined)
  const stop = instruments.windows(name)?.follow(choice, listener)
  if (stop === undefined || stop === null) throw new ChannelError('busy', 'Too many windows are open.')
  return stop
}

function newestOnly(
  subscription: Subscription,
  { periodMs, maxPixels }: { readonly periodMs: number; readonly maxPixels: number },
): { take(output: LiveOutput): void; again(): void; close(): void } {
  let newest: LiveOutput | null = null
  let waiting: NodeJS.Timeout | null = null
  let lastMs = Number.NEGATIVE_INFINITY
  const send = (): void => {
    waiting = null
    const output = newest
    if (output === null) return
    lastMs = performance.now()
    // A congested socket gets the next one.
    subscription.frame((stamp) => outputFrame(output, stamp, maxPixels))
  }
  return {
    take(output) {
      newest = output
      if (waiting !== null) return
      const waitMs = lastMs + periodMs - performance.now()
      if (waitMs <= 0) send()
      else waiting = setTimeout(send, waitMs)
    },
    again: send,
    close() {
      if (waiting !== null) clearTimeout(waiting)
    },
  }
}
