import type { HistoryItem, ItemEstimate, QueueItem } from '@beamtime/http-gateway/ui-types'

interface Seed {
  readonly sample: string
  readonly name: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly user: string
  readonly seconds: number
  readonly points: number
}

const seeds: readonly Seed[] = [
  {
    sample: 'Fe foil, Fe K edge',
    name: 'xafs_scan',
    kwargs: { energy_from: 7.062, energy_to: 7.312, points: 251 },
    user: 'jonas',
    seconds: 1260,
    points: 251,
  },
  {
    sample: 'FeO-12 pellet, Fe K edge',
    name: 'xafs_scan',
    kwargs: { energy_from: 7.062, energy_to: 7.312, points: 251 },
    user: 'jonas',
    seconds: 1260,
    points: 251,
  },
  {
    sample: 'FeO-12 map',
    name: 'grid_scan',
    args: [['eiger', 'vortex', 'i0'], 'sam_y', -0.75, 0.75, 31, 'sam_x', -1, 1, 41, true],
    user: 'mara',
    seconds: 3240,
    points: 1271,
  },
  {
    sample: 'Si-111 tail',
    name: 'scan',
    args: [['diode', 'i0'], 'th', 0.05, 0.25],
    kwargs: { num: 41 },
    user: 'mara',
    seconds: 240,
    points: 41,
  },
  {
    sample: 'Dark frames',
    name: 'count',
    args: [['eiger']],
    kwargs: { num: 100, delay: 0.1 },
    user: 'chen',
    seconds: 30,
    points: 100,
  },
  {
    sample: 'Fossil 03, top',
    name: 'tomo_fly',
    kwargs: { projections: 1801, exposure: 20 },
    user: 'priya',
    seconds: 180,
    points: 1801,
  },
  {
    sample: 'Fossil 03, bottom',
    name: 'tomo_fly',
    kwargs: { projections: 1801, exposure: 20 },
    user: 'priya',
    seconds: 180,
    points: 1801,
  },
  {
    sample: 'Park sample stage',
    name: 'mv',
    args: ['sam_x', 0, 'sam_z', -25],
    user: 'priya',
    seconds: 20,
    points: 0,
  },
  {
    sample: 'FeO-12 reduction',
    name: 'temp_ramp',
    kwargs: { from: 300, to: 520, rate: 5 },
    user: 'jonas',
    seconds: 2640,
    points: 288,
  },
  {
    sample: 'Slit 2 alignment',
    name: 'rel_scan',
    args: [['diode'], 's2_gap', -0.2, 0.2],
    kwargs: { num: 41 },
    user: 'mara',
    seconds: 240,
    points: 41,
  },
  {
    sample: 'End reference',
    name: 'count',
    args: [['i0', 'diode']],
    kwargs: { num: 10, delay: 1 },
    user: 'mara',
    seconds: 15,
    points: 10,
  },
]

let counter = 0
export function newUid(): string {
  counter += 1
  return `00000000-0000-4000-8000-${String(counter).padStart(12, '0')}`
}

function itemOf(seed: Seed): QueueItem {
  return {
    item_type: 'plan',
    name: seed.name,
    ...(seed.args === undefined ? {} : { args: seed.args }),
    ...(seed.kwargs === undefined ? {} : { kwargs: seed.kwargs }),
    meta: { sample: seed.sample, proposal: '2026-0417' },
    user: seed.user,
    user_group: 'primary',
    item_uid: newUid(),
  }
}

export const stopItem = (): QueueItem => ({
  item_type: 'instruction',
  name: 'queue_stop',
  item_uid: newUid(),
  user: 'mara',
  user_group: 'primary',
})

/** `count` items in human words, repeated when more are asked for, with a stop as the third. */
export function fakeQueue(count: number): { items: QueueItem[]; estimates: Record<string, ItemEstimate> } {
  const items: QueueItem[] = []
  const estimates: Record<string, ItemEstimate> = {}
  for (let i = 0; items.length < count; i += 1) {
    if (items.length === 2) items.push(stopItem())
    const seed = seeds[i % seeds.length]
    if (seed === undefined || items.length >= count) break
    const item = itemOf(seed)
    items.push(item)
    estimates[item.item_uid] = { seconds: seed.seconds, points: seed.points, from: 'history' }
  }
  return { items, estimates }
}

export const runningScan = (): QueueItem => ({
  item_type: 'plan',
  name: 'scan',
  args: [['diode', 'i0'], 'th', -0.05, 0.05],
  kwargs: { num: 101 },
  meta: { sample: 'Si-111', title: 'Si-111 rocking curve', proposal: '2026-0417' },
  user: 'mara',
  user_group: 'primary',
  item_uid: newUid(),
})

export const runningGrid = (): QueueItem => ({
  item_type: 'plan',
  name: 'grid_scan',
  args: [['vortex', 'i0'], 'sam_y', -0.75, 0.75, 31, 'sam_x', -1, 1, 41, true],
  kwargs: {},
  meta: { sample: 'FeO-12 map', proposal: '2026-0417' },
  user: 'mara',
  user_group: 'primary',
  item_uid: newUid(),
})

const exits = [
  'completed',
  'completed',
  'completed',
  'failed',
  'completed',
  'stopped',
  'completed',
  'completed',
  'aborted',
  'completed',
] as const

/** One entry of the past; made when asked for, so there can be 100 000. */
export function fakeHistoryItem(index: number, nowS: number): HistoryItem {
  const seed = seeds[index % seeds.length] ?? seeds[0]
  const exit = exits[index % exits.length] ?? 'completed'
  const stopTime = nowS - 900 - index * 1400
  const base = itemOf(seed ?? { sample: '', name: 'count', user: '', seconds: 1, points: 1 })
  return {
    ...base,
    item_uid: `10000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    result: {
      exit_status: exit,
      run_uids: [`run-${2040 - index}`],
      scan_ids: [2040 - index],
      time_start: stopTime - (seed?.seconds ?? 10),
      time_stop: stopTime,
      msg:
        exit === 'failed'
          ? 'Plan failed: TimeoutError: mono_energy did not reach 7.1735 keV within 30 s'
          : '',
      traceback:
        exit === 'failed'
          ? 'Traceback (most recent call last):\n  File "plans.py", line 88, in xafs_scan\nTimeoutError: mono_energy'
          : '',
    },
  }
}
