import { expect, test } from 'vitest'
import { x5f2 } from '@beamtime/stream-formats'
import { StatusBook } from '../../src/view/status-book.ts'

function heartbeat(worker: string, state = 'running'): Uint8Array {
  const message = { message_type: 'service', worker_id: worker, service_name: 'monitor_data', state }
  return x5f2.encode({
    software_name: 'livedata',
    software_version: '1',
    service_id: worker,
    host_name: 'h',
    process_id: 1,
    update_interval: 2_000,
    status_json: JSON.stringify({ status: 0, message }),
  })
}

const names = (book: StatusBook, nowMs: number): readonly string[] =>
  book.workers(nowMs).map(({ workerId }) => workerId)

test('of inactive workers of a service the newest three are kept', () => {
  const book = new StatusBook()
  for (const worker of ['a', 'b', 'c', 'd', 'e']) book.take(heartbeat(worker, 'stopped'), 0)
  book.take(heartbeat('f'), 0)
  expect(book.forget(1_000)).toBe(true)
  expect(names(book, 1_000)).toEqual(['c', 'd', 'e', 'f'])
  expect(book.forget(2_000)).toBe(false)
})

test('a person can clear what stopped and what fell silent', () => {
  const book = new StatusBook()
  book.take(heartbeat('silent'), 0)
  book.take(heartbeat('works'), 31_000)
  book.take(heartbeat('ended', 'stopped'), 31_000)
  book.clearWorkers(32_000)
  expect(names(book, 32_000)).toEqual(['works'])
})
