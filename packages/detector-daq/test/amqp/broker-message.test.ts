import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressText, brokerAddress } from '../../src/amqp/broker-address.ts'
import { bodyLimitBytes, headerText, readRequest, readStatus } from '../../src/amqp/broker-message.ts'
import { Outbox, type OutgoingMessage } from '../../src/amqp/outbox.ts'

const text = (value: string): Buffer => Buffer.from(value)

test('a request is its id, its JSON and its headers', () => {
  const read = readRequest({ body: text('{"n_images": 3}'), correlationId: 'a-1', headers: { user: 'me' } })
  expect(read).toEqual({ kind: 'request', id: 'a-1', request: { n_images: 3 }, headers: { user: 'me' } })
})

test.each([
  ['no id', text('{}'), undefined, 'correlation_id'],
  ['an empty id', text('{}'), '', 'correlation_id'],
  ['an id that fills memory', text('{}'), 'x'.repeat(300), 'correlation_id'],
  ['no JSON', text('{"n_images":'), 'a', 'not JSON'],
  ['an empty body', text(''), 'a', 'not JSON'],
  ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22]), 'a', 'not JSON'],
  ['a body that is too large', Buffer.alloc(bodyLimitBytes + 1, 0x20), 'a', 'bytes'],
])('a request with %s is refused with its reason', (_name, body, correlationId, reason) => {
  const read = readRequest({ body, correlationId, headers: {} })
  expect(read).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) as string })
})

test('a status needs an action that exists and a source', () => {
  const status = (headers: Record<string, unknown>): string =>
    readStatus({ body: text('{}'), correlationId: 'a', headers }).kind
  expect(status({ action: 'request_start', source: 's', message: null })).toBe('status')
  expect(status({ action: 'accepted', source: 's' })).toBe('refused')
  expect(status({ action: 'request_start' })).toBe('refused')
})

test('no bytes make a reader throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.option(fc.string()),
      fc.dictionary(fc.string(), fc.anything()),
      (body, id, headers) => {
        const raw = { body, correlationId: id ?? undefined, headers }
        expect(['request', 'refused']).toContain(readRequest(raw).kind)
        expect(['status', 'refused']).toContain(readStatus(raw).kind)
      },
    ),
  )
})

test('what a service returns becomes a text or nothing', () => {
  expect([undefined, null, 'file.h5', { a: 1 }, 3].map(headerText)).toEqual([
    null,
    null,
    'file.h5',
    '{"a":1}',
    '3',
  ])
})

test('a broker is named as a host, with a port or as an address', () => {
  expect(brokerAddress('10.0.0.1', 'BROKER_HOST')).toMatchObject({
    host: '10.0.0.1',
    port: 5672,
    user: 'guest',
    vhost: '/',
  })
  expect(brokerAddress('amqps://me:p%40ss@mq.example:99/lab', 'rabbitmq.url')).toMatchObject({
    host: 'mq.example',
    port: 99,
    user: 'me',
    password: 'p@ss',
    vhost: 'lab',
    tls: true,
  })
  expect(addressText(brokerAddress('amqp://me:secret@mq', 'k'))).toBe('mq:5672')
  expect(() => brokerAddress('', 'BROKER_HOST')).toThrow(/BROKER_HOST/)
  expect(() => brokerAddress('a b', 'rabbitmq.url')).toThrow(/rabbitmq\.url/)
})

test('an outbox keeps the order, stops for a pause and loses the oldest when it is full', () => {
  const outbox = new Outbox()
  const message = (key: string): OutgoingMessage => ({
    exchange: 'status',
    key,
    correlationId: key,
    headers: {},
    body: Buffer.alloc(0),
  })
  for (let n = 0; n < 1_002; n += 1) outbox.add(message(String(n)))
  expect(outbox).toMatchObject({ lost: 2, size: 1_000 })
  const sent: string[] = []
  outbox.send(({ key }) => {
    sent.push(key)
    return key === '4' ? 'sent-last' : 'sent'
  })
  expect(sent).toEqual(['2', '3', '4'])
  outbox.send(() => 'sent')
  expect(outbox.size).toBe(997)
  outbox.isBlocked = false
  outbox.send(() => 'kept')
  expect(outbox.size).toBe(997)
})
