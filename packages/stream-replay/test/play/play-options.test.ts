import { expect, test } from 'vitest'
import { findProfile } from '../../src/open-replay.ts'
import { parsePlayOptions, type PlayOptionTexts } from '../../src/play/play-options.ts'

const parse = (texts: Omit<PlayOptionTexts, 'source'>): unknown =>
  parsePlayOptions({ source: 'r', ...texts }, findProfile)

test('what is not given is not there, so that defaults are in one place', () => {
  expect(parse({})).toEqual({ source: 'r' })
})

test('every option is read', () => {
  expect(
    parse({
      topicMap: 'a=b, c=d',
      speed: '10',
      cap: '500/s',
      jitter: '5ms',
      loop: 'forever',
      interval: '37s',
      start: '50%',
      stop: '#9',
      sample: '3',
      shift: 'now',
      partition: '2',
      headers: 'without:a,b',
      header: ['k=v=w'],
      acks: 'all',
      timestamps: 'original',
    }),
  ).toEqual({
    source: 'r',
    topicMap: { a: 'b', c: 'd' },
    pace: { kind: 'speed', factor: 10 },
    cap: 500,
    jitterMs: 5,
    loop: Infinity,
    intervalMs: 37_000,
    start: { kind: 'percent', percent: 50 },
    stop: { kind: 'number', index: 9 },
    sample: 3,
    shift: 'now',
    partition: { kind: 'fixed', partition: 2 },
    headers: { kind: 'without', names: ['a', 'b'] },
    addHeaders: [{ key: 'k', value: 'v=w' }],
    acks: -1,
    timestamps: 'original',
  })
})

test.each([
  [{ speed: '2', rate: '3' }, 'exclude each other'],
  [{ asap: true, profile: 'rubin-visit' }, 'exclude each other'],
  [{ speed: '0' }, '--speed 0'],
  [{ loop: '1.5' }, '--loop'],
  [{ rate: 'fast' }, '--rate fast'],
  [{ topicMap: 'a' }, '--topic-map'],
  [{ profile: 'nosuch' }, 'there is no profile nosuch'],
  [{ headers: 'some' }, '--headers some'],
  [{ header: ['x'] }, '--header x'],
  [{ partition: 'x' }, '--partition x'],
  [{ acks: '2' }, '--acks 2'],
  [{ shift: '-10m' }, '--shift'],
])('%j is misuse', (texts, message) => {
  expect(() => parse(texts)).toThrow(message)
  expect(() => parse(texts)).toThrow(expect.objectContaining({ code: 'REPLAY_USAGE' }) as Error)
})
