import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { kafkaError } from '../../src/core/error-codes.ts'
import { selfSignedCertificate } from '../../src/testing.ts'
import { parseVerifier, verifierOfPassword, verifierText } from '../../src/security/scram.ts'
import { RawClient, startTestBroker, type TestBroker } from '../broker-bench.ts'

function ownFile(name: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'bt-security-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

/** A broker whose only listener asks for a login. */
function startWithUsers(
  settings: Record<string, unknown> = {},
  users = 'alice:secret\nbob:other\n',
): Promise<TestBroker> {
  return startTestBroker({
    listeners: [{ name: 'sasl', listen: '127.0.0.1:0', protocol: 'sasl_plaintext' }],
    users: ownFile('users', users),
    ...settings,
  })
}

type Login = { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }

function client(server: string, sasl: Login, ssl?: Record<string, unknown>): kafkajs.Kafka {
  return new kafkajs.Kafka({
    brokers: [server],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
    sasl: sasl as kafkajs.SASLOptions,
    ...(ssl === undefined ? {} : { ssl }),
  })
}

async function topicsSeenBy(kafka: kafkajs.Kafka): Promise<string[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}

test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
  'a client logs in with %s, and a wrong password is refused',
  async (mechanism) => {
    const { server, log } = await startWithUsers()
    const kafka = client(server, { mechanism, username: 'alice', password: 'secret' })
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 't' }] })
    await admin.disconnect()
    expect(await topicsSeenBy(kafka)).toEqual(['t'])
    const wrong = client(server, { mechanism, username: 'alice', password: 'guess' })
    await expect(topicsSeenBy(wrong)).rejects.toThrow(/Authentication failed|invalid credentials/)
    const unknown = client(server, { mechanism, username: 'nobody', password: 'secret' })
    await expect(topicsSeenBy(unknown)).rejects.toThrow(/Authentication failed|invalid credentials/)
    expect(log.join('\n')).toContain('warn broker.login-failed')
    expect(log.join('\n')).not.toContain('guess')
  },
)

test('without a login a request closes the connection, and the log says why', async () => {
  const { port, log } = await startWithUsers()
  const raw = await RawClient.connect(port)
  raw.send('Metadata', 1, { topics: null })
  expect(await raw.frame()).toBeNull()
  expect(log.join('\n')).toContain('warn broker.login-missing')
})

test('versions may be asked for before the login, an unknown mechanism is answered with the list', async () => {
  const { port } = await startWithUsers()
  const raw = await RawClient.connect(port)
  expect(await raw.call('ApiVersions', 0, {})).toMatchObject({ errorCode: 0 })
  expect(await raw.call('SaslHandshake', 1, { mechanism: 'GSSAPI' })).toEqual({
    errorCode: kafkaError.unsupportedSaslMechanism,
    mechanisms: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
  })
})

test('old clients send their tokens bare after a handshake of version 0', async () => {
  const { port } = await startWithUsers()
  const raw = await RawClient.connect(port)
  expect(await raw.call('SaslHandshake', 0, { mechanism: 'PLAIN' })).toMatchObject({ errorCode: 0 })
  raw.sendFrame(Buffer.from('\0alice\0secret'))
  expect(await raw.frame()).toHaveLength(0)
  expect(await raw.call('Metadata', 1, { topics: null })).toMatchObject({ topics: [] })
  const wrong = await RawClient.connect(port)
  await wrong.call('SaslHandshake', 0, { mechanism: 'PLAIN' })
  wrong.sendFrame(Buffer.from('\0alice\0no'))
  expect(await wrong.frame()).toBeNull()
})

test('before the login no client makes the broker hold more than 512 KiB', async () => {
  const { port, log } = await startWithUsers()
  const raw = await RawClient.connect(port)
  const size = Buffer.alloc(4)
  size.writeInt32BE(600_000)
  raw.socket.write(size)
  expect(await raw.frame()).toBeNull()
  expect(log.join('\n')).toContain('allowed: 8 to 524288')
})

test('the users file is read again when it changes', async () => {
  const users = ownFile('users', '# people\nalice:one\n')
  const { server } = await startWithUsers({ users })
  const verifier = await verifierOfPassword('SCRAM-SHA-512', 'two')
  writeFileSync(users, `alice:${verifierText('SCRAM-SHA-512', verifier)}\ncarol:three and more\n`)
  const login = (username: string, password: string): Login => ({
    mechanism: 'scram-sha-512',
    username,
    password,
  })
  expect(await topicsSeenBy(client(server, login('alice', 'two')))).toEqual([])
  expect(await topicsSeenBy(client(server, login('carol', 'three and more')))).toEqual([])
  await expect(topicsSeenBy(client(server, login('alice', 'one')))).rejects.toThrow(/invalid credentials/)
})

test('users that a client sets can log in, also after a restart, and are removed again', async () => {
  const listeners = [
    { name: 'own', listen: '127.0.0.1:0' },
    { name: 'sasl', listen: '127.0.0.1:0', protocol: 'sasl_plaintext' },
  ]
  const { port, broker } = await startTestBroker({ listeners })
  const raw = await RawClient.connect(port)
  const { salt, iterations } = await verifierOfPassword('SCRAM-SHA-256', 'x')
  const { pbkdf2Sync } = await import('node:crypto')
  const saltedPassword = pbkdf2Sync('pencil', salt, iterations, 32, 'sha256')
  const upsertion = { name: 'dave', mechanism: 1, iterations, salt, saltedPassword }
  const set = await raw.call('AlterUserScramCredentials', 0, { deletions: [], upsertions: [upsertion] })
  expect(set).toMatchObject({ results: [{ user: 'dave', errorCode: 0 }] })
  expect(await raw.call('DescribeUserScramCredentials', 0, { users: null })).toMatchObject({
    results: [{ user: 'dave', credentialInfos: [{ mechanism: 1, iterations }] }],
  })
  const server = `127.0.0.1:${broker.addresses[1]?.port}`
  expect(
    await topicsSeenBy(client(server, { mechanism: 'scram-sha-256', username: 'dave', password: 'pencil' })),
  ).toEqual([])
  const deletions = [{ name: 'dave', mechanism: 1 }]
  await raw.call('AlterUserScramCredentials', 0, { deletions, upsertions: [] })
  const again = await raw.call('AlterUserScramCredentials', 0, { deletions, upsertions: [] })
  expect(again).toMatchObject({ results: [{ errorCode: kafkaError.resourceNotFound }] })
  const weak = { ...upsertion, iterations: 1 }
  const refused = await raw.call('AlterUserScramCredentials', 0, { deletions: [], upsertions: [weak] })
  expect(refused).toMatchObject({ results: [{ errorCode: kafkaError.unacceptableCredential }] })
})

test("the allow list decides by user, topic and group, with Kafka's codes", async () => {
  const { server, port } = await startWithUsers({
    acl: [
      { user: 'alice', topic: '*', group: '*', cluster: true, operations: ['all'] },
      { user: 'User:bob', topic: 'alerts.*', operations: ['read'] },
      { user: 'bob', group: 'bob*', operations: ['read'] },
    ],
  })
  const login = (username: string, password: string): kafkajs.Kafka =>
    client(server, { mechanism: 'plain', username, password })
  const admin = login('alice', 'secret').admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'alerts.a' }, { topic: 'private' }] })
  await admin.disconnect()
  const bob = login('bob', 'other')
  expect(await topicsSeenBy(bob)).toEqual(['alerts.a'])
  const bobAdmin = bob.admin()
  await bobAdmin.connect()
  onTestFinished(() => bobAdmin.disconnect())
  await expect(bobAdmin.fetchTopicMetadata({ topics: ['private'] })).rejects.toMatchObject({ code: 29 })
  await expect(bobAdmin.createTopics({ topics: [{ topic: 'alerts.b' }] })).rejects.toMatchObject({
    errors: [{ code: 29 }],
  })
  const offsets = await bobAdmin.fetchTopicOffsets('alerts.a')
  expect(offsets).toMatchObject([{ partition: 0, high: '0' }])
  const producer = bob.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  await expect(producer.send({ topic: 'alerts.a', messages: [{ value: 'x' }] })).rejects.toMatchObject({
    code: 29,
  })
  const raw = await RawClient.connect(port)
  await raw.call('SaslHandshake', 1, { mechanism: 'PLAIN' })
  await raw.call('SaslAuthenticate', 1, { authBytes: Buffer.from('\0bob\0other') })
  const member = { generationId: 1, memberId: 'm', groupInstanceId: null }
  expect(await raw.call('Heartbeat', 3, { groupId: 'carols', ...member })).toMatchObject({ errorCode: 30 })
  expect(await raw.call('Heartbeat', 3, { groupId: 'bobs', ...member })).toMatchObject({ errorCode: 25 })
  expect(await raw.call('DescribeLogDirs', 4, { topics: null })).toMatchObject({ errorCode: 31 })
})

/** Files of a certificate for 127.0.0.1 that signs itself. */
function certificate(): { cert: string; key: string } {
  const { cert, key } = selfSignedCertificate('Beamline', 'broker')
  return { cert: ownFile('cert.pem', cert), key: ownFile('key.pem', key) }
}

test('TLS with a login: a client that trusts the certificate gets in, and one without TLS does not', async () => {
  const { cert, key } = certificate()
  const { server, port } = await startWithUsers({
    listeners: [{ listen: '127.0.0.1:0', protocol: 'SASL_SSL' }],
    tls: { cert, key },
  })
  const login = { mechanism: 'scram-sha-512', username: 'alice', password: 'secret' } as const
  const trusting = { ca: [readFileSync(cert, 'utf8')] }
  expect(await topicsSeenBy(client(server, login, trusting))).toEqual([])
  await expect(topicsSeenBy(client(server, login, {}))).rejects.toThrow(/self-signed certificate/)
  const raw = await RawClient.connect(port)
  raw.send('ApiVersions', 0, {})
  expect(await raw.frame()).toBeNull()
})

test('with client_auth = required only those with a certificate get in, as its subject', async () => {
  const { cert, key } = certificate()
  const { port, log } = await startTestBroker({
    listeners: [{ listen: '127.0.0.1:0', protocol: 'ssl' }],
    tls: { cert, key, ca: cert, client_auth: 'required' },
    acl: [{ user: 'CN=broker,O=Beamline', topic: '*', operations: ['create', 'describe'] }],
  })
  const kafka = new kafkajs.Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
    ssl: {
      ca: [readFileSync(cert, 'utf8')],
      cert: readFileSync(cert, 'utf8'),
      key: readFileSync(key, 'utf8'),
    },
  })
  const admin = kafka.admin()
  await admin.connect()
  expect(await admin.createTopics({ topics: [{ topic: 't' }] })).toBe(true)
  await admin.disconnect()
  const without = connectTls({ port, host: '127.0.0.1', ca: readFileSync(cert) })
  onTestFinished(() => void without.destroy())
  await new Promise((resolve) =>
    without
      .once('close', resolve)
      .once('error', () => undefined)
      .resume(),
  )
  expect(log.join('\n')).toContain('broker.tls-failed')
})

test('an address beyond loopback needs a login: with users only `listen` has to change', async () => {
  await expect(startTestBroker({ listen: '0.0.0.0:0' })).rejects.toMatchObject({
    code: 'BROKER_INSECURE',
    remedy: expect.stringContaining('broker.users') as string,
  })
  const { broker } = await startWithUsers({ listeners: [], listen: ['127.0.0.1:0', '0.0.0.0:0'] })
  const [own, other] = broker.addresses
  const raw = await RawClient.connect(own?.port ?? 0)
  expect(await raw.call('Metadata', 1, { topics: null })).toMatchObject({ brokers: [{ port: own?.port }] })
  const outside = `127.0.0.1:${other?.port}`
  const login = { mechanism: 'plain', username: 'alice', password: 'secret' } as const
  expect(await topicsSeenBy(client(outside, login))).toEqual([])
  const bare = await RawClient.connect(other?.port ?? 0)
  bare.send('Metadata', 1, { topics: null })
  expect(await bare.frame()).toBeNull()
})

test.each([
  [{ tls: { cert: '/nowhere' } }, 'broker.tls.cert'],
  [{ tls: { client_auth: 'required' } }, 'broker.tls.cert is not set'],
  [{ users: '/nowhere/users' }, 'broker.users'],
  [{ acl: [{ user: 'a' }] }, 'broker.acl[0]'],
  [{ acl: [{ user: 'a', topic: 't', operations: ['fly'] }] }, 'unknown operation'],
  [{ listeners: [{ listen: '127.0.0.1:0', protocol: 'ssl' }] }, 'broker.tls.cert is not set'],
  [{ listeners: [{ listen: '127.0.0.1:0', protocol: 'smoke' }] }, 'protocol'],
])('a wrong setting is told by its key: %j', async (settings, text) => {
  await expect(startTestBroker(settings)).rejects.toThrow(text)
})

test('a verifier reads back as it was printed, and the example of RFC 7677 holds', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
  const verifier = await verifierOfPassword('SCRAM-SHA-256', 'pencil', { salt, iterations: 4096 })
  expect(parseVerifier(verifierText('SCRAM-SHA-256', verifier))).toEqual({
    mechanism: 'SCRAM-SHA-256',
    verifier,
  })
  const { serverFinal, parseClientFirst } = await import('../../src/security/scram.ts')
  const first = parseClientFirst('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
  if (first === null) throw new Error('no client-first message')
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  const exchange = {
    first,
    serverFirst: `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    clientFinal: `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  }
  expect(serverFinal('SCRAM-SHA-256', verifier, exchange)).toBe(
    'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  )
})
