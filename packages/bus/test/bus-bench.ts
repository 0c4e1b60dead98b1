import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { onTestFinished } from 'vitest'
import { type Bus, type BusOptions, type BusRecord, openBus } from '../src/index.ts'

/** A broker in this process and a bus to it; both end with the test. */
export async function busBench(
  options: Partial<BusOptions> = {},
  settings: Record<string, unknown> = {},
): Promise<Bus> {
  const directory = tempDir()
  const config = parseSection(
    brokerConfig,
    { listen: '127.0.0.1:0', initial_rebalance_delay_ms: 10, auto_create_topics: false, ...settings },
    { key: 'broker' },
  )
  const broker = await openBroker({ config, directory: join(directory.path, 'broker') })
  onTestFinished(async () => {
    await broker.close()
    await directory.close()
  })
  return testBus(broker.addresses[0]?.port ?? 0, options)
}

export function testBus(port: number, options: Partial<BusOptions> = {}): Bus {
  const bus = openBus({
    bootstrapServers: [`127.0.0.1:${port}`],
    clientId: 'test',
    retry: { minMs: 10, maxMs: 100 },
    ...options,
  })
  onTestFinished(() => bus.close())
  return bus
}

/** A broker that can be killed and started again on the same port and data. */
export interface KillableBroker {
  readonly port: number
  start(): Promise<void>
  kill(): Promise<void>
}

export async function killableBroker(): Promise<KillableBroker> {
  const directory = tempDir()
  const port = await freePort()
  let child: ChildProcess | null = null
  onTestFinished(async () => {
    child?.kill('SIGKILL')
    await directory.close()
  })
  return {
    port,
    start: () =>
      new Promise((resolve, reject) => {
        child = fork(join(import.meta.dirname, 'broker-process.ts'), [
          join(directory.path, 'broker'),
          String(port),
        ])
        child.once('message', () => resolve())
        child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
      }),
    kill: () =>
      new Promise((resolve) => {
        child?.once('exit', () => resolve())
        child?.kill('SIGKILL')
      }),
  }
}

/** Runs a member named `one` of group `g` on topic `t` in a process of its own, and kills it after `records` records. */
export function killedMember(port: number, records: number): Promise<void> {
  const child = fork(join(import.meta.dirname, 'member-process.ts'), [String(port)])
  onTestFinished(() => void child.kill('SIGKILL'))
  let seen = 0
  return new Promise((resolve, reject) => {
    child.on('message', (count) => {
      seen += Number(count)
      if (seen >= records) child.kill('SIGKILL')
    })
    child.once('exit', (code) =>
      code === null ? resolve() : reject(new Error(`the member ended with ${code}`)),
    )
  })
}

export function textOf(record: BusRecord): string {
  return record.value === null ? '' : Buffer.from(record.value).toString()
}

/** An abort that happens at the latest when the test ends. */
export function stopper(): AbortController {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  return controller
}
