import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { liveDataBusVariable } from '@beamtime/live-data/bus-variable'
import { freePort, tempDir, waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { liveDataBuses, liveDataEnvironment } from '../../src/services/live-data-buses.ts'

const root = join(import.meta.dirname, '../../../..')
const page = readFileSync(join(root, 'docs/coming-from/esslivedata.md'), 'utf8')
const blocks = Array.from(page.matchAll(/```console\n([\s\S]*?)```/g), ([, text = '']) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2)),
)
const [firstUse = [], pictures = [], checks = []] = blocks
const toml = /```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

/** A command line as a shell reads it, with our executable. */
function script(line: string): string {
  return line
    .replace(/\bbeamtime /, `"${process.execPath}" "${join(root, 'bin/beamtime.mjs')}" `)
    .replace(/ {2}#.*$/, '')
}

test('every command line of the page does what the page says', { timeout: 240_000 }, async () => {
  const dir = tempDir()
  expect(checks.length).toBeGreaterThan(20)
  for (const line of checks) {
    const expected = Number(/# exits with (\d)/.exec(line)?.[1] ?? 0)
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script(line)], {
      encoding: 'utf8',
      cwd: dir.path,
    })
    expect(status, `${line}\n${stdout}${stderr}`).toBe(expected)
    const said = /# exits with \d: (write .*|lists .*)$/.exec(line)?.[1]
    if (said?.startsWith('write') === true) expect(stderr).toContain(said)
    if (said?.startsWith('lists') === true) expect(stderr).toContain('dummy, beer, bifrost')
  }
  await dir.close()
})

test(
  'the first use needs no further command: a broker comes by itself, pictures within seconds, and all of it goes',
  { timeout: 60_000 },
  async () => {
    const dir = tempDir()
    const listen = `127.0.0.1:${await freePort()}`
    const environment = { ...process.env, BEAMTIME__BROKER__LISTEN: listen }
    const start = (line: string) =>
      spawn('bash', ['-c', `exec ${script(line)}`], { cwd: dir.path, env: environment, stdio: 'ignore' })
    const running = [start(firstUse[0] ?? ''), start(pictures[0] ?? '')]
    const picture = join(dir.path, 'pictures', 'monitor_histogram_monitor1_cumulative.png')
    await waitFor(() => existsSync(picture) || null, { timeoutMs: 30_000, what: 'a picture' })
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG')
    for (const child of running) {
      child.kill('SIGTERM')
      const [code] = (await once(child, 'exit')) as [number | null]
      expect(code).toBe(0)
    }
    expect(readdirSync(join(dir.path, 'pictures')).filter((name) => !name.endsWith('.png'))).toEqual([])
    const socket = join(dir.path, 'beamtime-data', 'run', 'bus.sock')
    await waitFor(() => (existsSync(socket) ? null : true), {
      timeoutMs: 20_000,
      what: 'the end of the broker',
    })
    await dir.close()
  },
)

test('brokers follow from the table of the environment, and variables win one by one', async () => {
  const dir = tempDir()
  const file = join(dir.path, 'beamtime.toml')
  writeFileSync(file, toml)
  const config = loadConfig({ config: file, environment: { LIVE_PASSWORD: 'secret' } })
  const of = (environment: Record<string, string>) =>
    liveDataBuses(config, {
      clientId: 'c',
      environment: { LIVEDATA_ENV: 'production', LIVE_PASSWORD: 'secret', ...environment },
    })
  const own = toml.replace(', tls = { ca = "/etc/ssl/facility.pem" }', '')
  writeFileSync(file, own)
  const plain = loadConfig({ config: file, environment: { LIVE_PASSWORD: 'secret' } })
  const buses = (environment: Record<string, string>) =>
    liveDataBuses(plain, {
      clientId: 'c',
      environment: { LIVEDATA_ENV: 'production', LIVE_PASSWORD: 'secret', ...environment },
    })
  expect(() => of({})).toThrow(/facility\.pem cannot be read/)
  expect(buses({}).upstream).toMatchObject({
    bootstrapServers: ['raw1:9092', 'raw2:9092'],
    security: 'sasl_ssl',
  })
  expect(buses({}).upstream.sasl).toEqual({
    mechanism: 'SCRAM-SHA-256',
    username: 'live',
    password: 'secret',
  })
  expect(buses({}).downstream).toMatchObject({ bootstrapServers: ['results:9092'] })
  expect(buses({}).usesEmbedded).toBe(false)
  const changed = buses({
    KAFKA_BOOTSTRAP_SERVERS: 'a:1, b:2',
    KAFKA_SASL_USERNAME: 'me',
    KAFKA2_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
    KAFKA2_SASL_MECHANISM: 'PLAIN',
    KAFKA2_SASL_USERNAME: 'x',
    KAFKA2_SASL_PASSWORD: 'y',
  })
  expect(changed.upstream.bootstrapServers).toEqual(['a:1', 'b:2'])
  expect(changed.upstream.sasl).toMatchObject({
    mechanism: 'SCRAM-SHA-256',
    username: 'me',
    password: 'secret',
  })
  expect(changed.downstream).toMatchObject({
    bootstrapServers: ['results:9092'],
    security: 'sasl_plaintext',
    sasl: { mechanism: 'PLAIN', username: 'x', password: 'y' },
  })
  const dev = liveDataBuses(plain, { clientId: 'c', environment: {} })
  expect(dev.upstream.bootstrapServers).toEqual(['127.0.0.1:9092'])
  expect(dev).toMatchObject({ usesEmbedded: true })
  expect(dev.downstream).toBeUndefined()
  expect(() => liveDataBuses(plain, { clientId: 'c', environment: { LIVEDATA_ENV: 'nowhere' } })).toThrow(
    /no such environment/,
  )
  expect(JSON.parse(liveDataEnvironment(plain)[liveDataBusVariable] ?? '{}')).toMatchObject({
    bootstrapServers: ['127.0.0.1:9092'],
  })
  await dir.close()
})
