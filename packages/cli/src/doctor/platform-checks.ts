import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openBus } from '@beamtime/bus'
import { openQueueClient } from '@beamtime/queue-client'
import { describeFailure, queryHealth } from '@beamtime/service-kit'
import { clusterServers } from '../config/bus-address.ts'
import type { Config } from '../config/load-config.ts'
import { isReachable } from '../config/online-checks.ts'
import type { Platform } from '../platform-access.ts'
import { busOf } from '../services/service-config.ts'
import type { SupervisorRecord } from '../supervisor/supervisor-record.ts'
import { bad, ok, warn, type Check } from './check.ts'

/** The brokers of a cluster, when one is configured. */
export async function clusterChecks(config: Config): Promise<readonly Check[]> {
  return await Promise.all(
    clusterServers(config).map(async (address) =>
      (await isReachable(address))
        ? ok('kafka', `${address} answers`)
        : bad('kafka', `${address} does not answer`, 'start it, or correct bus.bootstrap_servers'),
    ),
  )
}

/** What a running platform can show: each service, and one record, one request and one page end to end. */
export async function platformChecks(platform: Platform): Promise<readonly Check[]> {
  const { record } = platform
  if (record === null) return [warn('platform', 'does not run', 'start it with `beamtime up`')]
  const services = await Promise.all(record.services.map((service) => serviceCheck(platform, service.role)))
  const through = await Promise.all([busCheck(platform, record), ...queueChecks(record), pageCheck(record)])
  return [...services, ...through]
}

async function serviceCheck(platform: Platform, role: string): Promise<Check> {
  const seeLog = `see \`beamtime logs ${role}\``
  try {
    const { code, json } = await queryHealth(join(platform.runtimeDir, `${role}.sock`), '/readyz')
    const { checks = {} } = (json ?? {}) as { checks?: Record<string, { ok: boolean; detail?: string }> }
    const failing = Object.entries(checks).filter(([, check]) => !check.ok)
    if (code !== 200) return bad(role, 'not ready', seeLog)
    if (failing.length === 0) return ok(role, 'ready')
    return warn(
      role,
      failing.map(([name, check]) => `${name}: ${check.detail ?? 'not ok'}`).join('; '),
      seeLog,
    )
  } catch {
    return bad(role, 'does not answer', seeLog)
  }
}

/** Writes a record to a topic of its own and reads it back. */
async function busCheck(platform: Platform, record: SupervisorRecord): Promise<Check> {
  const topic = `beamtime-doctor-${randomBytes(4).toString('hex')}`
  const bus = openBus({
    ...busOf(platform.config, 'beamtime-doctor'),
    bootstrapServers: record.bootstrap_servers,
  })
  const stop = AbortSignal.timeout(5_000)
  const started = performance.now()
  try {
    await bus.ensureTopics([{ name: topic }], { signal: stop })
    const producer = bus.producer()
    await producer.send({ topic, value: 'ping' })
    const back = new AbortController()
    let isBack = false
    await bus.tail({
      topic,
      from: 'earliest',
      signal: AbortSignal.any([stop, back.signal]),
      onRecords() {
        isBack = true
        back.abort()
      },
    })
    await producer.close()
    await bus.admin.deleteTopics([topic])
    if (!isBack) return bad('bus end to end', 'a record did not come back in 5 s', 'see `beamtime logs bus`')
    return ok('bus end to end', `a record came back after ${Math.round(performance.now() - started)} ms`)
  } catch (error) {
    return bad('bus end to end', describeFailure(error).message, 'see `beamtime logs bus`')
  } finally {
    await bus.close()
  }
}

function queueChecks(record: SupervisorRecord): readonly Promise<Check>[] {
  return Object.entries(record.queues).map(async ([name, access]) => {
    const client = openQueueClient({ ...access, timeoutMs: 2_000 })
    const started = performance.now()
    try {
      const status = await client.call('status')
      const state = String(status['manager_state'])
      return ok(`queue ${name}`, `${state}, answers after ${Math.round(performance.now() - started)} ms`)
    } catch (error) {
      return bad(`queue ${name}`, describeFailure(error).message, `see \`beamtime logs queue@${name}\``)
    } finally {
      await client.close()
    }
  })
}

async function pageCheck(record: SupervisorRecord): Promise<Check> {
  if (record.url === null) return bad('control room', 'not served', 'see `beamtime logs http`')
  try {
    const answer = await fetch(record.url, { signal: AbortSignal.timeout(3_000) })
    await answer.body?.cancel()
    if (answer.status === 404)
      return bad(
        'control room',
        'the web application is not built',
        'start with `npm start`, which builds it',
      )
    return answer.ok
      ? ok('control room', record.url)
      : bad('control room', `${record.url} answers ${answer.status}`, 'see `beamtime logs http`')
  } catch (error) {
    return bad('control room', `${record.url}: ${describeFailure(error).message}`, 'see `beamtime logs http`')
  }
}
