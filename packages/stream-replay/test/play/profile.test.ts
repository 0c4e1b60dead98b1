import { expect, test } from 'vitest'
import {
  builtinProfiles,
  burstSizes,
  parseProfile,
  profileDue,
  type Profile,
} from '../../src/play/profile.ts'
import { seededRandom } from '../../src/play/random.ts'

function builtin(name: string): Profile {
  const profile = builtinProfiles[name]
  if (profile === undefined) throw new Error(`no profile ${name}`)
  return profile
}

test('a Rubin visit is 10 000 messages every 37 s, all within 3 s, in 189 bursts', () => {
  const profile = builtin('rubin-visit')
  const due = profileDue(profile)
  for (const visit of [0, 1, 2]) {
    const begin = visit * 37_000
    const moments = Array.from({ length: 10_000 }, (_, index) => due(visit * 10_000 + index) - begin)
    expect(Math.min(...moments)).toBe(0)
    expect(Math.max(...moments)).toBeLessThanOrEqual(3_000)
    expect(new Set(moments).size).toBe(189)
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  }
  expect(due(10_000)).toBe(37_000)
  expect(due(9_999)).toBeLessThanOrEqual(3_000)
})

test('bursts are drawn around the mean and add up to the count exactly', () => {
  const profile = builtin('rubin-visit')
  for (let seed = 1; seed <= 50; seed++) {
    const sizes = burstSizes(profile, seededRandom(seed))
    expect(sizes).toHaveLength(189)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200)
    expect(new Set(sizes).size).toBeGreaterThan(20)
  }
})

test('each visit has other bursts, and the same profile the same ones again', () => {
  const due = profileDue(builtin('rubin-visit'))
  const moments = (visit: number): number[] =>
    Array.from({ length: 10_000 }, (_, index) => due(visit * 10_000 + index) - visit * 37_000)
  expect(moments(1)).not.toEqual(moments(0))
  expect(moments(0)).toEqual(moments(0))
})

test('a profile file sets what it names and has the rest of a visit', () => {
  const profile = parseProfile('period = "10s"\ncount = 100\nwindow = 2\nbursts = 4\nseed = 7\n', 'p.toml')
  expect(profile).toMatchObject({
    periodMs: 10_000,
    count: 100,
    windowMs: 2_000,
    bursts: 4,
    burstMean: 25,
    seed: 7,
  })
  const due = profileDue(profile)
  expect(new Set(Array.from({ length: 100 }, (_, index) => due(index))).size).toBeLessThanOrEqual(4)
  expect(due(100)).toBe(10_000)
})

test.each([
  ['cuont = 3', 'there is no setting cuont'],
  ['count = 0', 'count is no positive number'],
  ['count = 1.5', 'count is no positive number'],
  ['period = true', 'period'],
  ['period = "long"', 'period'],
  ['count = ', 'p.toml'],
])('the profile %j is refused', (text, message) => {
  expect(() => parseProfile(text, 'p.toml')).toThrow(message)
})
