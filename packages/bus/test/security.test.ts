import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { selfSignedCertificate } from '@beamtime/kafka-broker/testing'
import { parseSection } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { Bus, BusOptions, BusSasl } from '../src/index.ts'
import { stopper, testBus, textOf } from './bus-bench.ts'

const own = selfSignedCertificate('Beamline', 'broker')
const stranger = selfSignedCertificate('Elsewhere', 'broker')

/** A broker whose one listener has the given protection; gives its port. */
async function protectedBroker(protocol: string, settings: Record<string, unknown> = {}): Promise<number> {
  const directory = tempDir()
  const file = (name: string, text: string): string => {
    const path = join(directory.path, name)
    writeFileSync(path, text)
    return path
  }
  const config = parseSection(
    brokerConfig,
    {
      listeners: [{ listen: '127.0.0.1:0', protocol }],
      users: file('users', 'alice:secret\nbob:other\n'),
      tls: {
        cert: file('cert.pem', own.cert),
        key: file('key.pem', own.key),
        ...(settings['client_auth'] === undefined
          ? {}
          : { ca: file('ca.pem', own.cert), client_auth: settings['client_auth'] }),
      },
      ...(settings['acl'] === undefined ? {} : { acl: settings['acl'] }),
    },
    { key: 'broker' },
  )
  const broker = await openBroker({ config, directory: join(directory.path, 'broker') })
  onTestFinished(async () => {
    await broker.close()
    await directory.close()
  })
  return broker.addresses[0]?.port ?? 0
}

/** Creates a topic, writes, reads without a group and in one: four connections of their own. */
async function wholeRound(bus: Bus): Promise<readonly string[]> {
  await bus.ensureTopics([{ name: 't' }])
  await bus.producer().send({ topic: 't', value: 'one' })
  const seen: string[] = []
  const tailing = stopper()
  await bus.tail({
    topic: 't',
    from: 'earliest',
    signal: tailing.signal,
    onRecords: (records) => {
      seen.push(...records.map((record) => `tail ${textOf(record)}`))
      tailing.abort()
    },
  })
  const consuming = stopper()
  await bus.consume({
    groupId: 'alice-group',
    topics: ['t'],
    from: 'earliest',
    signal: consuming.signal,
    onBatch: ({ records }) => {
      seen.push(...records.map((record) => `group ${textOf(record)}`))
      consuming.abort()
      return Promise.resolve()
    },
  })
  return seen
}

const alice = (mechanism: BusSasl['mechanism']): BusSasl => ({
  mechanism,
  username: 'alice',
  password: 'secret',
})

const accepted: readonly (readonly [string, string, Partial<BusOptions>, Record<string, unknown>])[] = [
  ['PLAIN', 'sasl_plaintext', { security: 'sasl_plaintext', sasl: alice('PLAIN') }, {}],
  ['SCRAM-SHA-256', 'sasl_plaintext', { security: 'sasl_plaintext', sasl: alice('SCRAM-SHA-256') }, {}],
  ['SCRAM-SHA-512', 'sasl_plaintext', { security: 'sasl_plaintext', sasl: alice('SCRAM-SHA-512') }, {}],
  ['TLS', 'ssl', { security: 'ssl', tls: { ca: own.cert } }, {}],
  [
    'TLS and a login',
    'sasl_ssl',
    { security: 'sasl_ssl', sasl: alice('SCRAM-SHA-512'), tls: { ca: own.cert } },
    {},
  ],
  ['a certificate', 'ssl', { security: 'ssl', tls: { ca: own.cert, ...own } }, { client_auth: 'required' }],
]

test.each(accepted)('with %s every part of the bus gets in', async (_, protocol, options, settings) => {
  const bus = testBus(await protectedBroker(protocol, settings), options)
  expect(await wholeRound(bus)).toEqual(['tail one', 'group one'])
})

const refused: readonly (readonly [string, string, Partial<BusOptions>, string])[] = [
  [
    'a wrong password',
    'sasl_plaintext',
    { security: 'sasl_plaintext', sasl: { ...alice('SCRAM-SHA-256'), password: 'guess' } },
    'bus.sasl',
  ],
  ['no login', 'sasl_plaintext', {}, 'bus.security'],
  ['no login over TLS', 'sasl_ssl', { security: 'ssl', tls: { ca: own.cert } }, 'bus.security'],
  ['an unknown authority', 'ssl', { security: 'ssl', tls: { ca: stranger.cert } }, 'bus.tls'],
  ['plain bytes to a TLS listener', 'ssl', {}, 'bus.security'],
]

test.each(refused)(
  'with %s every part is refused, and the key is named',
  async (_, protocol, options, key) => {
    const bus = testBus(await protectedBroker(protocol), options)
    const expected = { code: 'BUS_AUTHENTICATION', canRetry: false, remedy: expect.stringContaining(key) }
    await expect(bus.ensureTopics([{ name: 't' }])).rejects.toMatchObject(expected)
    await expect(bus.producer().send({ topic: 't', value: 'x' })).rejects.toMatchObject(expected)
    const { signal } = stopper()
    const tail = bus.tail({ topic: 't', from: 'earliest', signal, onRecords: () => undefined })
    await expect(tail).rejects.toMatchObject(expected)
    const group = { groupId: 'g', topics: ['t'], from: 'earliest', signal } as const
    await expect(bus.consume({ ...group, onBatch: () => Promise.resolve() })).rejects.toMatchObject(expected)
  },
)

test('what the access rules do not allow is told as such', async () => {
  const port = await protectedBroker('sasl_plaintext', {
    acl: [
      { user: 'alice', topic: '*', group: '*', cluster: true, operations: ['all'] },
      { user: 'bob', topic: 'open', operations: ['read'] },
    ],
  })
  await testBus(port, { security: 'sasl_plaintext', sasl: alice('PLAIN') }).ensureTopics([{ name: 'open' }])
  const bob = testBus(port, {
    security: 'sasl_plaintext',
    sasl: { mechanism: 'PLAIN', username: 'bob', password: 'other' },
  })
  expect(await bob.admin.listTopics()).toEqual(['open'])
  const code = 'BUS_AUTHENTICATION'
  await expect(bob.producer().send({ topic: 'open', value: 'x' })).rejects.toMatchObject({ code })
  await expect(bob.admin.createTopic({ name: 'closed' })).rejects.toMatchObject({ code })
})

test('properties of the client library are passed on, but not those that the bus decides', () => {
  expect(() => testBus(1, { client: { requestTimeout: 1_000, clientRack: 'hall-2' } })).not.toThrow()
  expect(() => testBus(1, { client: { retries: 3 } })).toThrow(/bus\.client\.retries/)
  expect(() => testBus(1, { client: { requestTimeout: 'soon' } })).toThrow(/BUS_REFUSED.*requestTimeout/)
})
