import type { BusOptions } from '@beamtime/bus'
import { openLiveStore, openLiveView, type LiveStore, type LiveView } from '@beamtime/live-data'
import type { Logger } from '@beamtime/service-kit'
import { outputWindows, type OutputWindows } from './output-window.ts'

/** An instrument whose live data this installation shows. */
export interface LiveInstrument {
  readonly name: string
  /** Broker of results and commands. */
  readonly downstream: BusOptions
  /** Folder of layouts and settings of all instruments. */
  readonly directory: string
  /** Addresses of the dashboards with ports of their own; empty = off. */
  readonly dashboards: Readonly<Record<DashboardProfile, string>>
}

export const dashboardProfiles = ['monitors', 'detectors', 'reduction'] as const
export type DashboardProfile = (typeof dashboardProfiles)[number]

/** What the pages see of the instruments; each is looked at from the first question on. */
export interface LiveInstruments {
  readonly list: readonly LiveInstrument[]
  /** Undefined when there is none of that name. */
  view(name: string): LiveView | undefined
  /** The updates of the last seconds put together; undefined when there is none of that name. */
  windows(name: string): OutputWindows | undefined
  store(name: string): Promise<LiveStore> | undefined
  close(): Promise<void>
}

export function liveInstruments(list: readonly LiveInstrument[], log: Logger): LiveInstruments {
  const views = new Map<string, LiveView>()
  const windows = new Map<string, OutputWindows>()
  const stores = new Map<string, Promise<LiveStore>>()
  const find = (name: string): LiveInstrument | undefined => list.find((one) => one.name === name)
  const viewOf = (name: string): LiveView | undefined => {
    const instrument = find(name)
    if (instrument === undefined) return undefined
    const known = views.get(name)
    if (known !== undefined) return known
    const opened = openLiveView({ instrument: name, downstream: instrument.downstream, log })
    views.set(name, opened)
    return opened
  }
  return {
    list,
    view: viewOf,
    windows(name) {
      const view = viewOf(name)
      if (view === undefined) return undefined
      const known = windows.get(name) ?? outputWindows(view)
      windows.set(name, known)
      return known
    },
    store(name) {
      const instrument = find(name)
      if (instrument === undefined) return undefined
      const known = stores.get(name)
      if (known !== undefined) return known
      const opened = openLiveStore({ directory: instrument.directory, instrument: name, log })
      stores.set(name, opened)
      return opened
    },
    async close() {
      for (const each of windows.values()) each.close()
      await Promise.all(Array.from(views.values(), (view) => view.close()))
      await Promise.all(Array.from(stores.values(), async (store) => (await store).close()))
    },
  }
}
