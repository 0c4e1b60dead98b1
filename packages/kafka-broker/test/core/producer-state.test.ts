import { expect, test } from 'vitest'
import { kafkaError } from '../../src/core/error-codes.ts'
import { ProducerState, producerExpiryMs } from '../../src/core/producer-state.ts'

function batch(
  baseSequence: number,
  options: { count?: number; epoch?: number } = {},
): Parameters<ProducerState['check']>[0] {
  return { producerId: 5, producerEpoch: options.epoch ?? 0, baseSequence, recordsCount: options.count ?? 10 }
}

/** A producer that wrote batches of ten records, one after another. */
function written(count: number): ProducerState {
  const state = new ProducerState()
  for (let i = 0; i < count; i++)
    state.record(batch(i * 10), { baseOffset: i * 10, timestampMs: i, nowMs: i })
  return state
}

test('an unknown producer may start anywhere', () => {
  expect(new ProducerState().check(batch(70))).toEqual({ kind: 'append' })
})

test('the next batch is appended and a gap is refused', () => {
  const state = written(1)
  expect(state.check(batch(10)).kind).toBe('append')
  expect(state.check(batch(20))).toMatchObject({
    kind: 'refused',
    errorCode: kafkaError.outOfOrderSequenceNumber,
  })
})

test('each of the last five batches is recognised with its old offset, the sixth is out of order', () => {
  const state = written(6)
  for (let i = 1; i < 6; i++)
    expect(state.check(batch(i * 10))).toEqual({ kind: 'duplicate', baseOffset: i * 10, timestampMs: i })
  expect(state.check(batch(0)).kind).toBe('refused')
})

test('an older epoch is fenced and a newer one has to start at zero', () => {
  const state = new ProducerState()
  state.record(batch(0, { epoch: 1 }), { baseOffset: 0, timestampMs: 0, nowMs: 0 })
  expect(state.check(batch(10, { epoch: 0 }))).toMatchObject({ errorCode: kafkaError.invalidProducerEpoch })
  expect(state.check(batch(10, { epoch: 2 }))).toMatchObject({
    errorCode: kafkaError.outOfOrderSequenceNumber,
  })
  expect(state.check(batch(0, { epoch: 2 })).kind).toBe('append')
})

test('sequences go on at zero after the largest', () => {
  const state = new ProducerState()
  state.record(batch(2_147_483_640, { count: 8 }), { baseOffset: 0, timestampMs: 0, nowMs: 0 })
  expect(state.check(batch(0)).kind).toBe('append')
  expect(state.check(batch(2_147_483_640, { count: 8 })).kind).toBe('duplicate')
})

test('a snapshot restores the state and silent producers are forgotten after a day', () => {
  const state = new ProducerState()
  state.restore(written(3).snapshot())
  expect(state.check(batch(20)).kind).toBe('duplicate')
  state.expire(producerExpiryMs + 10)
  expect(state.size).toBe(0)
})
