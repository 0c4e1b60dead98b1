import { silentLogger } from '@beamtime/service-kit'
import { expect, test } from 'vitest'
import type { Delivery } from '../../src/amqp/broker-link.ts'
import type { OutgoingMessage } from '../../src/amqp/outbox.ts'
import { RequestRunner } from '../../src/services/request-runner.ts'

interface Bench {
  readonly runner: RequestRunner
  readonly said: (readonly [unknown, unknown])[]
  readonly settled: string[]
  readonly killed: string[]
  readonly delivery: (id: string, body?: string) => Delivery
  readonly start: (id: string, run: (signal: AbortSignal) => unknown) => void
}

function bench(): Bench {
  const said: (readonly [unknown, unknown])[] = []
  const settled: string[] = []
  const killed: string[] = []
  const runner = new RequestRunner({
    source: 'lab.writer',
    tag: 'lab',
    log: silentLogger,
    publish: ({ headers }: OutgoingMessage) => said.push([headers['action'], headers['message']]),
    onKill: (id) => {
      killed.push(id)
      if (id === 'throws') throw new Error('a kill that throws')
    },
  })
  const delivery = (id: string, body = '{}'): Delivery => ({
    body: Buffer.from(body),
    correlationId: id,
    headers: {},
    ack: () => settled.push(`ack ${id}`),
    reject: () => settled.push(`reject ${id}`),
  })
  const start = (id: string, run: (signal: AbortSignal) => unknown): void =>
    runner.start({ id, body: Buffer.from('{}'), delivery: delivery(id), run })
  return { runner, said, settled, killed, delivery, start }
}

const untilAborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped early')
    signal.addEventListener('abort', () => resolve('stopped'))
  })

test('a request is told to start and to succeed with what it returns, then it is acknowledged', async () => {
  const { runner, said, settled, start } = bench()
  start('1', () => Promise.resolve('/tmp/a.h5'))
  await runner.close()
  expect(said).toEqual([
    ['request_start', null],
    ['request_success', '/tmp/a.h5'],
  ])
  expect(settled).toEqual(['ack 1'])
  expect(runner.counts).toMatchObject({ succeeded: 1, failed: 0 })
})

test('a request that throws fails with its text and is not delivered again', async () => {
  const { runner, said, settled, start } = bench()
  start('1', () => {
    throw new Error('Invalid request from broker.')
  })
  await runner.close()
  expect(said.at(-1)).toEqual(['request_fail', 'Invalid request from broker.'])
  expect(settled).toEqual(['reject 1'])
})

test('a kill reaches the request while it awaits', async () => {
  const { runner, said, killed, delivery, start } = bench()
  start('1', untilAborted)
  runner.kill(delivery('1', ''))
  await runner.close()
  expect(killed).toEqual(['1'])
  expect(said.at(-1)).toEqual(['request_success', 'stopped'])
})

test('a kill that overtook its request finds it aborted at its start', async () => {
  const { runner, said, killed, delivery, start } = bench()
  runner.kill(delivery('1', ''))
  start('1', async (signal) => {
    await Promise.resolve()
    return untilAborted(signal)
  })
  await runner.close()
  expect(killed).toEqual(['1', '1'])
  expect(said.at(-1)).toEqual(['request_success', 'stopped early'])
})

test('kills of requests that never come do not fill the memory, and one that throws harms nobody', () => {
  const { runner, delivery } = bench()
  for (let n = 0; n < 3_000; n += 1) runner.kill(delivery(n === 7 ? 'throws' : String(n), ''))
  expect(runner.counts.kills).toBe(3_000)
})

test('a message that cannot be served is counted, answered and given up', () => {
  const { runner, said, settled, delivery } = bench()
  runner.refuse(delivery('1', 'no JSON'), { id: '1', reason: 'The body of the message is not JSON.' })
  runner.refuse(delivery('', ''), { id: undefined, reason: 'no id' })
  expect(said).toEqual([['request_fail', 'The body of the message is not JSON.']])
  expect(settled).toEqual(['reject 1', 'reject '])
  expect(runner.counts.refused).toBe(2)
})

test('a request that the broker threw out fails, one that we rejected is not answered twice', () => {
  const { runner, said, delivery } = bench()
  runner.thrownOut(delivery('1'), 'maxlen')
  runner.thrownOut(delivery('2'), 'rejected')
  expect(said).toHaveLength(1)
  expect(said[0]?.[1]).toMatch(/Too many requests wait for lab.writer/)
  expect(runner.counts.thrownOut).toBe(1)
})
