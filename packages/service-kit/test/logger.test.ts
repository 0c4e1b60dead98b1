import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogger, type LogConfig, type RootLogger } from '../src/index.ts'

const start = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

function logTo(lines: string[], config: Partial<LogConfig> = {}, clock = { ms: start }): RootLogger {
  return createLogger({
    role: 'queue@main',
    config: { level: 'info', format: 'text', ...config },
    write: (line) => void lines.push(line),
    now: () => clock.ms,
    environment: {},
    isTerminal: false,
  })
}

test('text has time, level, role, event and fields', () => {
  const lines: string[] = []
  logTo(lines).info('plan.ended', { uid: 'abc', took_ms: 12, text: 'two words', nested: { a: 1 } })
  expect(lines).toEqual([
    '2026-01-02T03:04:05.678Z INFO queue@main plan.ended uid=abc took_ms=12 text="two words" nested={"a":1}\n',
  ])
})

test('json has one object a line with role and instance apart', () => {
  const lines: string[] = []
  logTo(lines, { format: 'json' })
    .child({ queue: 'main' })
    .warn('bus.away', { err: new Error('gone') })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    time: '2026-01-02T03:04:05.678Z',
    level: 'warn',
    role: 'queue',
    instance: 'main',
    msg: 'bus.away',
    queue: 'main',
    err: { name: 'Error', message: 'gone' },
    pid: process.pid,
    seq: 1,
  })
})

test('a field cannot replace what the line says about itself', () => {
  const lines: string[] = []
  logTo(lines, { format: 'json' }).info('x', { time: 'now', level: 9 })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    time: '2026-01-02T03:04:05.678Z',
    level: 'info',
    time_: 'now',
    level_: 9,
  })
})

test('journald lines start with the priority and end with the fields', () => {
  const lines: string[] = []
  const log = createLogger({
    role: 'bus',
    config: { level: 'info', format: 'auto' },
    write: (line) => void lines.push(line),
    environment: { JOURNAL_STREAM: '8:1' },
  })
  log.error('broker.failed', { code: 3 })
  expect(lines[0]).toMatch(/^<3>broker\.failed \{.*"code":3.*\}\n$/)
})

test('compat lines are those of the queue server', () => {
  const lines: string[] = []
  const log = logTo(lines, { format: 'compat', level: 'debug' })
  log.info('RE Environment is ready', { logger: 'bluesky_queueserver.manager.worker' })
  log.debug('text')
  expect(lines[0]).toMatch(
    /^\[I \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,678 bluesky_queueserver\.manager\.worker\] RE Environment is ready\n$/,
  )
  expect(lines[1]).toMatch(/ bluesky_queueserver\.manager\.manager manager:\d+\] text\n$/)
})

test('lines below the level are left out, also after the level was changed', () => {
  const lines: string[] = []
  const log = logTo(lines)
  const child = log.child({ part: 'a' })
  child.debug('hidden')
  log.setLevel('debug')
  child.debug('shown')
  expect(lines).toHaveLength(1)
})

test('repeats of a warning become a count after ten seconds', () => {
  const lines: string[] = []
  const clock = { ms: start }
  const log = logTo(lines, {}, clock)
  for (let attempt = 0; attempt < 500; attempt++) log.warn('bus.away', { attempt, err: new Error('refused') })
  expect(lines).toHaveLength(1)
  clock.ms += 10_000
  log.info('other')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain('repeats=499')
})

test('information lines with different fields are no repeats', () => {
  const lines: string[] = []
  const log = logTo(lines)
  for (let n = 0; n < 5; n++) log.info('document', { n })
  for (let n = 0; n < 5; n++) log.info('same', { n: 1 })
  expect(lines).toHaveLength(6)
})

test('repeats that are held back are written at the end', () => {
  const lines: string[] = []
  const log = logTo(lines)
  log.error('x', { err: new Error('a') })
  log.error('x', { err: new Error('a') })
  log.flush()
  expect(lines.at(-1)).toContain('repeats=1')
})

test('values of fields that are named as secrets are not written', () => {
  for (const format of ['text', 'json', 'journald', 'compat'] as const) {
    const lines: string[] = []
    logTo(lines, { format }).info('login', {
      password: 'hunter2',
      api_key: 'hunter2',
      single_user_key: 'hunter2',
    })
    expect(lines.join()).not.toContain('hunter2')
  }
})

test('whatever the fields are, a line is one line and JSON reads back', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (event, fields) => {
      for (const format of ['json', 'text'] as const) {
        const lines: string[] = []
        logTo(lines, { format }).info(event.replaceAll(/\s/g, '.') || 'x', fields)
        expect(lines).toHaveLength(1)
        if (format === 'json') expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow()
      }
    }),
  )
})

test('cycles, big integers and bytes are written', () => {
  const lines: string[] = []
  const cycle: Record<string, unknown> = { n: 5n, bytes: new Uint8Array(3) }
  cycle['self'] = cycle
  logTo(lines, { format: 'json' }).info('x', { cycle })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ cycle: { n: '5', bytes: '[3 bytes]', self: '[…]' } })
})
