import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBus, type BusOptions, type BusSasl } from '@beamtime/bus'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { selfSignedCertificate } from '@beamtime/kafka-broker/testing'
import { parseSection } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'

const beamtime = join(import.meta.dirname, '../../../../bin/beamtime.mjs')

interface SecuredBroker {
  readonly address: string
  /** File of the certificate that signs it. */
  readonly ca: string
  readonly options: (sasl: BusSasl) => BusOptions
}

/** A broker that is reached by SASL_SSL only, with one login. */
async function securedBroker(name: string, login: string): Promise<SecuredBroker> {
  const directory = tempDir()
  const { cert, key } = selfSignedCertificate(name, 'broker')
  const file = (base: string, text: string): string => {
    const path = join(directory.path, base)
    writeFileSync(path, text)
    return path
  }
  const ca = file('cert.pem', cert)
  const tls = { cert: ca, key: file('key.pem', key) }
  const config = parseSection(
    brokerConfig,
    { listeners: [{ listen: '127.0.0.1:0', protocol: 'sasl_ssl' }], users: file('users', `${login}\n`), tls },
    { key: 'broker' },
  )
  const broker = await openBroker({ config, directory: join(directory.path, 'broker') })
  onTestFinished(async () => {
    await broker.close()
    await directory.close()
  })
  const address = `127.0.0.1:${broker.addresses[0]?.port}`
  return {
    address,
    ca,
    options: (sasl) => ({
      bootstrapServers: [address],
      clientId: 'test',
      security: 'sasl_ssl',
      sasl,
      tls: { ca: cert },
    }),
  }
}

function variables(prefix: string, broker: SecuredBroker, sasl: BusSasl): Readonly<Record<string, string>> {
  return {
    [`${prefix}BOOTSTRAP_SERVERS`]: broker.address,
    [`${prefix}SECURITY_PROTOCOL`]: 'SASL_SSL',
    [`${prefix}SASL_MECHANISM`]: sasl.mechanism,
    [`${prefix}SASL_USERNAME`]: sasl.username ?? '',
    [`${prefix}SASL_PASSWORD`]: sasl.password ?? '',
    [`${prefix}SSL_CA_LOCATION`]: broker.ca,
  }
}

function start(words: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const directory = tempDir()
  const child = spawn(process.execPath, [beamtime, ...words, '--data', directory.path], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await directory.close()
  })
  return child
}

test(
  'KAFKA_* and KAFKA2_* reach two brokers with SASL and TLS: raw data from one, results to the other',
  {
    timeout: 60_000,
  },
  async () => {
    const [raw, results] = await Promise.all([
      securedBroker('Raw', 'reader:one'),
      securedBroker('Results', 'writer:two'),
    ])
    const reader: BusSasl = { mechanism: 'SCRAM-SHA-512', username: 'reader', password: 'one' }
    const writer: BusSasl = { mechanism: 'PLAIN', username: 'writer', password: 'two' }
    const environment = { ...variables('KAFKA_', raw, reader), ...variables('KAFKA2_', results, writer) }
    start(['fake-monitors', '--mode', 'ev44'], environment)
    start(['monitor-data', '--auto-start'], environment)
    const bus = openBus(results.options(writer))
    const stop = new AbortController()
    let result = ''
    await bus.tail({
      topic: 'dummy_livedata_data',
      from: 'earliest',
      signal: stop.signal,
      onRecords: ([first]) => {
        result = Buffer.from(first?.value ?? []).toString('latin1')
        stop.abort()
      },
    })
    await bus.close()
    expect(result).toContain('"name":"monitor_histogram"')
    const upstream = openBus(raw.options(reader))
    const topics = await upstream.admin.listTopics()
    await upstream.close()
    expect(topics).toContain('dummy_beam_monitor')
    expect(topics).not.toContain('dummy_livedata_data')
  },
)

test('a wrong password ends the service and says so', { timeout: 60_000 }, async () => {
  const raw = await securedBroker('Raw', 'reader:one')
  const wrong: BusSasl = { mechanism: 'SCRAM-SHA-256', username: 'reader', password: 'other' }
  const child = start(['monitor-data'], variables('KAFKA_', raw, wrong))
  const said: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  expect(code).not.toBe(0)
  expect(Buffer.concat(said).toString()).toContain('BUS_AUTHENTICATION')
})
