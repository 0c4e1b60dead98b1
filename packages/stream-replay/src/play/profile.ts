import { parse } from 'smol-toml'
import { usage } from '../error.ts'
import { parseDurationMs } from '../positions.ts'
import { seededRandom } from './random.ts'

/**
 * A made-up pace: `count` messages in each period, sent in bursts within a window at its beginning. The order of the
 * recording is kept, so bursts hold what stands together there.
 */
export interface Profile {
  readonly periodMs: number
  readonly count: number
  readonly windowMs: number
  readonly bursts: number
  readonly burstMin: number
  readonly burstMax: number
  readonly burstMean: number
  /** Field by which the messages of the recording stand together; told to people, not used for the pace. */
  readonly groupBy: string
  readonly seed: number
}

const rubinVisit: Profile = {
  periodMs: 37_000,
  count: 10_000,
  windowMs: 3_000,
  bursts: 189,
  burstMin: 10,
  burstMax: 200,
  burstMean: 50,
  groupBy: 'avro:diaSource.detector',
  seed: 1,
}

/** Profiles by name. `ess-14hz`: one group of messages each 1/14 s. */
export const builtinProfiles: Readonly<Record<string, Profile>> = {
  'rubin-visit': rubinVisit,
  'rubin-peak': {
    ...rubinVisit,
    count: 40_000,
    windowMs: 5_000,
    burstMin: 40,
    burstMax: 800,
    burstMean: 200,
  },
  'ess-14hz': {
    periodMs: 1_000 / 14,
    count: 10,
    windowMs: 0,
    bursts: 1,
    burstMin: 1,
    burstMax: Number.MAX_SAFE_INTEGER,
    burstMean: 10,
    groupBy: '',
    seed: 1,
  },
}

/** Reads a profile from TOML: period, count, window, bursts, burst_min, burst_max, burst_mean, group_by, seed. */
export function parseProfile(text: string, where: string): Profile {
  let table: Record<string, unknown>
  try {
    table = parse(text)
  } catch (error) {
    throw usage(`${where}: ${error instanceof Error ? error.message : String(error)}`, 'Correct the profile.')
  }
  const known = [
    'period',
    'count',
    'window',
    'bursts',
    'burst_min',
    'burst_max',
    'burst_mean',
    'group_by',
    'seed',
  ]
  const unknown = Object.keys(table).find((key) => !known.includes(key))
  if (unknown !== undefined)
    throw usage(`${where}: there is no setting ${unknown}`, `Known: ${known.join(', ')}.`)
  const integer = (key: string, absent: number): number => {
    const value = table[key] ?? absent
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
      throw usage(`${where}: ${key} is no positive number`, `Give e.g. ${key} = ${absent}.`)
    return value
  }
  const duration = (key: string, absent: number): number => {
    const value = table[key]
    if (value === undefined) return absent
    if (typeof value === 'number' && value >= 0) return value * 1_000
    return parseDurationMs(typeof value === 'string' ? value : '?', `${where}: ${key}`)
  }
  const count = integer('count', rubinVisit.count)
  const bursts = Math.min(count, integer('bursts', rubinVisit.bursts))
  return {
    periodMs: duration('period', rubinVisit.periodMs),
    count,
    windowMs: duration('window', rubinVisit.windowMs),
    bursts,
    burstMin: integer('burst_min', 1),
    burstMax: integer('burst_max', count),
    burstMean: integer('burst_mean', Math.max(1, Math.round(count / bursts))),
    groupBy: typeof table['group_by'] === 'string' ? table['group_by'] : '',
    seed: integer('seed', 1),
  }
}

interface Burst {
  readonly offsetMs: number
  /** Messages of the period up to the end of this burst. */
  readonly upTo: number
}

/** Sizes of the bursts of one period: drawn around the mean, scaled so that they add up to `count`, each at least 1. */
export function burstSizes(profile: Profile, random: () => number): readonly number[] {
  const { bursts, burstMin, burstMax, burstMean, count } = profile
  // The sum of three uniform numbers lies around its mean as the design note draws it.
  const drawn = Array.from({ length: bursts }, () => {
    const bell = (random() + random() + random()) / 1.5
    const spread = bell < 1 ? burstMean - burstMin : burstMax - burstMean
    return Math.min(burstMax, Math.max(burstMin, burstMean + (bell - 1) * Math.min(spread, burstMean * 3)))
  })
  const total = drawn.reduce((sum, size) => sum + size, 0)
  const sizes = drawn.map((size) => Math.max(1, Math.floor((size * count) / total)))
  let missing = count - sizes.reduce((sum, size) => sum + size, 0)
  for (let at = 0; missing !== 0; at = (at + 1) % bursts) {
    const size = sizes[at] ?? 1
    if (missing < 0 && size <= 1) continue
    sizes[at] = size + Math.sign(missing)
    missing -= Math.sign(missing)
  }
  return sizes
}

/** When message number `index` (from 0, over all periods) is due, in ms after the beginning. */
export function profileDue(profile: Profile): (index: number) => number {
  let known = { period: -1, bursts: [] as readonly Burst[] }
  const burstsOf = (period: number): readonly Burst[] => {
    if (known.period === period) return known.bursts
    const random = seededRandom(profile.seed + period)
    const offsets = Array.from({ length: profile.bursts }, () => random() * profile.windowMs).toSorted(
      (a, b) => a - b,
    )
    let upTo = 0
    const bursts = burstSizes(profile, random).map((size, at) => {
      upTo += size
      return { offsetMs: at === 0 ? 0 : (offsets[at] ?? 0), upTo }
    })
    known = { period, bursts }
    return bursts
  }
  return (index) => {
    const period = Math.floor(index / profile.count)
    const within = index - period * profile.count
    const bursts = burstsOf(period)
    let low = 0
    let high = bursts.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (within < (bursts[middle]?.upTo ?? 0)) high = middle
      else low = middle + 1
    }
    return period * profile.periodMs + (bursts[low]?.offsetMs ?? 0)
  }
}
