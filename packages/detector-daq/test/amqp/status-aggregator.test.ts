import { expect, test } from 'vitest'
import type { BrokerStatus, StatusAction } from '../../src/amqp/broker-message.ts'
import { rememberedRequests, StatusAggregator } from '../../src/amqp/status-aggregator.ts'

const status = (id: string, source: string, action: StatusAction): BrokerStatus => ({
  kind: 'status',
  id,
  source,
  action,
  message: action === 'request_fail' ? 'why' : null,
  request: { of: id },
})

test('statuses are gathered by service, in order', () => {
  const aggregator = new StatusAggregator()
  aggregator.add(status('1', 'writer', 'request_start'))
  const state = aggregator.add(status('1', 'writer', 'request_fail'))
  expect(state).toEqual({
    request: { of: '1' },
    services: {
      writer: [
        ['request_start', null],
        ['request_fail', 'why'],
      ],
    },
  })
})

test('a request is complete when every service that was heard of has ended', async () => {
  const aggregator = new StatusAggregator()
  aggregator.add(status('1', 'writer', 'request_start'))
  aggregator.add(status('1', 'validator', 'request_start'))
  aggregator.add(status('1', 'writer', 'request_success'))
  expect(aggregator.isComplete('1')).toBe(false)
  const waiting = aggregator.waitComplete('1', 5_000)
  aggregator.add(status('1', 'validator', 'request_success'))
  expect((await waiting)?.services['validator']).toHaveLength(2)
})

test('waiting for an unknown request ends with nothing', async () => {
  expect(await new StatusAggregator().waitComplete('none', 20)).toBeUndefined()
})

test('only the last requests are remembered', () => {
  const aggregator = new StatusAggregator()
  for (let n = 0; n < rememberedRequests * 2; n += 1) aggregator.add(status(String(n), 's', 'request_start'))
  expect(aggregator.get('99')).toBeUndefined()
  expect(aggregator.get('100')).toBeDefined()
})

test('one service that never stops talking takes bounded room', () => {
  const aggregator = new StatusAggregator()
  for (let n = 0; n < 500; n += 1) aggregator.add(status('1', 's', 'request_start'))
  const state = aggregator.add(status('1', 's', 'request_success'))
  expect(state.services['s']).toHaveLength(100)
  expect(aggregator.isComplete('1')).toBe(true)
})
