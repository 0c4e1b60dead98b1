// Starts the platform and Prometheus, asks Prometheus for every expression of the dashboard, and checks the rules.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@beamtime/service-kit/testing'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'bt-prometheus-'))
const children = []

function start(command, args) {
  const child = spawn(command, args, { stdio: 'ignore', cwd: folder })
  children.push({ child, exited: new Promise((resolve) => child.once('exit', resolve)) })
}

async function answer(url) {
  try {
    const response = await fetch(url)
    return { ok: response.ok, body: await response.text() }
  } catch {
    return { ok: false, body: '' }
  }
}

async function until(what, check, seconds = 60) {
  const deadline = Date.now() + seconds * 1_000
  for (;;) {
    const value = await check()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await delay(250)
  }
}

const results = { passed: 0, failed: 0 }
function tell(name, fault) {
  results[fault === null ? 'passed' : 'failed'] += 1
  process.stdout.write(`${fault === null ? 'pass' : 'FAIL'}  ${name}${fault === null ? '' : ` (${fault})`}\n`)
}

async function startPlatform() {
  const [http, kafka, registry, control, info] = await Promise.all(
    Array.from({ length: 5 }, () => freePort()),
  )
  writeFileSync(
    join(folder, 'beamtime.toml'),
    `[http]
listen = "127.0.0.1:${http}"
[broker]
listen = "127.0.0.1:${kafka}"
[registry]
listen = "127.0.0.1:${registry}"
[queue.main]
control = "tcp://127.0.0.1:${control}"
info = "tcp://127.0.0.1:${info}"
`,
  )
  const common = ['--config', join(folder, 'beamtime.toml'), '--data', join(folder, 'data')]
  start(process.execPath, [join(root, 'bin', 'beamtime.mjs'), 'up', ...common])
  await until('the platform is ready', async () => (await answer(`http://127.0.0.1:${http}/readyz`)).ok)
  return { http, kafka, common }
}

/** A plan and a few records, so that counters have values. */
function makeTraffic({ kafka, common }) {
  execFileSync(
    process.execPath,
    [join(root, 'bin', 'beamtime.mjs'), 'run', 'count', 'det', 'num=3', ...common],
    {
      stdio: 'ignore',
    },
  )
  execFileSync(
    process.execPath,
    [
      join(root, 'bin', 'kafka-console-producer.mjs'),
      '--bootstrap-server',
      `127.0.0.1:${kafka}`,
      '--topic',
      'monitored',
    ],
    { input: 'one\ntwo\n' },
  )
  execFileSync(
    process.execPath,
    [
      join(root, 'bin', 'kafka-console-consumer.mjs'),
      ...`--bootstrap-server 127.0.0.1:${kafka} --topic monitored --group watchers --from-beginning`.split(
        ' ',
      ),
      '--max-messages=1',
    ],
    { stdio: 'ignore' },
  )
}

async function startPrometheus(http) {
  const port = await freePort()
  cpSync(join(root, 'deploy', 'prometheus'), join(folder, 'prometheus'), { recursive: true })
  const file = join(folder, 'prometheus', 'prometheus.yml')
  const text = readFileSync(file, 'utf8').replace('127.0.0.1:60610', `127.0.0.1:${http}`)
  writeFileSync(file, text.replaceAll('_interval: 10s', '_interval: 1s'))
  try {
    execFileSync('promtool', ['check', 'config', file], { stdio: 'pipe' })
    tell('promtool accepts configuration and rules', null)
  } catch (error) {
    tell('promtool accepts configuration and rules', String(error.stderr))
  }
  start('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ])
  return `http://127.0.0.1:${port}/api/v1`
}

// What has samples only when something went wrong, or was not used here.
const mayBeEmpty =
  /refused|_errors_|logins|malformed|write_failures|rejected|worker_restarts|replay_|oldest|compacted|deleted/

async function query(api, expression) {
  const ready = expression.replaceAll('$__rate_interval', '30s')
  const { body } = await answer(`${api}/query?query=${encodeURIComponent(ready)}`)
  const { status, error, data } = JSON.parse(body || '{"status":"error","error":"no answer"}')
  return { fault: status === 'success' ? null : error, count: data?.result?.length ?? 0 }
}

async function checkPanels(api) {
  const { panels } = JSON.parse(readFileSync(join(root, 'deploy', 'grafana', 'beamtime.json'), 'utf8'))
  for (const { title, targets = [] } of panels) {
    for (const { expr, legendFormat } of targets) {
      const { fault, count } = await query(api, expr)
      const isEmpty = count === 0 && !mayBeEmpty.test(expr)
      tell(`panel ${title}: ${legendFormat || expr}`, fault ?? (isEmpty ? `no value of ${expr}` : null))
    }
  }
}

async function checkRules(api) {
  const rules = await until('the rules are evaluated', async () => {
    const { body } = await answer(`${api}/rules`)
    const all = JSON.parse(body || '{}').data?.groups.flatMap((group) => group.rules) ?? []
    return all.length > 0 && all.every((rule) => rule.health !== 'unknown') && all
  })
  for (const rule of rules) {
    const fires =
      rule.state === 'firing' ? `fires on a healthy platform: ${JSON.stringify(rule.alerts)}` : null
    tell(`rule ${rule.name}`, rule.health === 'ok' ? fires : rule.lastError)
  }
}

try {
  const platform = await startPlatform()
  const api = await startPrometheus(platform.http)
  await until('a first scrape', async () => (await query(api, 'beamtime_up')).count > 0)
  makeTraffic(platform)
  await delay(5_000)
  await checkPanels(api)
  await checkRules(api)
} finally {
  for (const { child } of children) child.kill('SIGINT')
  await Promise.all(children.map(({ exited }) => exited))
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${results.passed} passed, ${results.failed} failed\n`)
process.exitCode = results.failed === 0 ? 0 : 1
