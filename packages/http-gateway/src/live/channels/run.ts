import type { RunSnap } from '../../ui-types.ts'
import type { LiveRun } from '../../runs/live-run.ts'
import { liveSummary } from '../../runs/live-summary.ts'
import { livePeaks } from '../../runs/peaks.ts'
import { plotChoices } from '../../runs/plot-choices.ts'
import type { RunFeed } from '../../runs/run-feed.ts'
import { RowSender } from '../../runs/row-sender.ts'
import type { RunLibrary } from '../../runs/run-library.ts'
import { storedRun } from '../../runs/stored-run.ts'
import { ChannelError, stringArg } from '../channel.ts'
import type { Channel, ChannelArgs, ChannelSession, Subscription } from '../channel.ts'

/** Rows go out ten times a second. */
const batchMs = 100

/** A run as it happens, or one of the past; args `{uid: 'current' | uid, cols?}`. */
export function runChannel(feed: RunFeed, library: RunLibrary): Channel {
  return {
    scope: 'read:monitor',
    open: (subscription, args) => new RunSession({ feed, library, subscription }, args),
  }
}

class RunSession implements ChannelSession {
  readonly #feed: RunFeed
  readonly #library: RunLibrary
  readonly #subscription: Subscription
  readonly #stop: () => void
  #follow = true
  #cols: readonly string[] | null = null
  #run: LiveRun | null = null
  #rows: RowSender | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(
    parts: { readonly feed: RunFeed; readonly library: RunLibrary; readonly subscription: Subscription },
    args: ChannelArgs,
  ) {
    this.#feed = parts.feed
    this.#library = parts.library
    this.#subscription = parts.subscription
    this.set(args)
    this.#stop = this.#feed.onNews((news) => {
      if (this.#follow && news.kind === 'start') this.#show(this.#feed.run(news.uid))
      else if (news.uid === this.#run?.uid) this.#changed(news.kind)
    })
  }

  set(args: ChannelArgs): void {
    const uid = stringArg(args, 'uid') ?? 'current'
    this.#cols = Array.isArray(args['cols']) ? args['cols'].filter((name) => typeof name === 'string') : null
    this.#follow = uid === 'current'
    this.#show(uid === 'current' ? this.#currentRun() : this.#namedRun(uid))
  }

  close(): void {
    this.#stop()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #currentRun(): LiveRun | null {
    if (this.#feed.current !== null) return this.#feed.current
    const latest = this.#library.latest()
    return latest === null ? null : storedRun(this.#library, latest)
  }

  #namedRun(uid: string): LiveRun {
    const live = this.#feed.run(uid)
    if (live !== null) return live
    const record = this.#library.record(uid)
    if (record === null) throw new ChannelError('notfound', `There is no run '${uid}'.`)
    return storedRun(this.#library, record)
  }

  #show(run: LiveRun | null): void {
    this.#run = run
    this.#rows = run === null ? null : new RowSender(run, this.#cols)
    this.#subscription.snap(run === null ? null : snapOf(run))
    this.#sendRows()
  }

  #changed(kind: 'start' | 'descriptor' | 'rows' | 'stop'): void {
    if (this.#run === null) return
    if (kind === 'rows') {
      this.#later()
      return
    }
    // Everything that was measured arrives before the word that the run is over.
    this.#sendRows()
    this.#subscription.state(snapOf(this.#run))
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#sendRows()
    }, batchMs)
  }

  #sendRows(): void {
    const rows = this.#rows
    if (rows === null) return
    // A slow client gets the rest later; nothing is lost because the rows are kept.
    if (!rows.send((build) => this.#subscription.frame(build))) this.#later()
  }
}

function snapOf(run: LiveRun): RunSnap {
  const { start, stop, descriptors } = run
  return {
    uid: run.uid,
    start,
    ...(stop === null ? {} : { stop: { ...stop } }),
    descriptors,
    streams: run.streamInfos(),
    choices: plotChoices(start, descriptors),
    peaks: stop === null ? [] : livePeaks(run),
    summary: liveSummary(run),
  }
}
