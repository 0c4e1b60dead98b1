// Starts the platform and Prometheus, asks Prometheus for every expression of the dashboard, and checks the rules.
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@beamtime/service-kit/testing'
import { launcher, root, runSession, startPlatform, until } from './platform-session.mjs'

async function answer(url) {
  try {
    const response = await fetch(url)
    return { ok: response.ok, body: await response.text() }
  } catch {
    return { ok: false, body: '' }
  }
}

/** A plan and a few records, so that counters have values. */
function makeTraffic({ kafka, place }) {
  execFileSync(process.execPath, [launcher, 'run', 'count', 'det', 'num=3', ...place], { stdio: 'ignore' })
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

async function startPrometheus({ folder, start, tell }, http) {
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

async function checkPanels(api, tell) {
  const { panels } = JSON.parse(readFileSync(join(root, 'deploy', 'grafana', 'beamtime.json'), 'utf8'))
  for (const { title, targets = [] } of panels) {
    for (const { expr, legendFormat } of targets) {
      const { fault, count } = await query(api, expr)
      const isEmpty = count === 0 && !mayBeEmpty.test(expr)
      tell(`panel ${title}: ${legendFormat || expr}`, fault ?? (isEmpty ? `no value of ${expr}` : null))
    }
  }
}

async function checkRules(api, tell) {
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

await runSession('prometheus', async (session) => {
  const platform = await startPlatform(session)
  const api = await startPrometheus(session, platform.http)
  await until('a first scrape', async () => (await query(api, 'beamtime_up')).count > 0)
  makeTraffic(platform)
  await delay(5_000)
  await checkPanels(api, session.tell)
  await checkRules(api, session.tell)
})
