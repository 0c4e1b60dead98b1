// What every check of the client uses: a counted case, waiting, opening channels of the IOCs.
import { ok } from 'node:assert/strict'
import {
  CaError,
  createCaContext,
  type CaChannel,
  type CaContext,
  type CaUpdate,
  type Monitor,
} from '../../src/index.ts'
import { prefix, type IocProcess } from './ioc-process.ts'

export const counts = { passed: 0, failed: 0 }

export async function check(name: string, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  try {
    const said = await work()
    counts.passed += 1
    const took = `${((performance.now() - startedMs) / 1000).toFixed(2)} s`
    console.log(`ok      ${name} (${typeof said === 'string' ? `${said}, ` : ''}${took})`)
  } catch (error) {
    counts.failed += 1
    console.log(`failed  ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export const patience = (ms = 10_000): AbortSignal => AbortSignal.timeout(ms)

export async function open(context: CaContext, name: string): Promise<CaChannel> {
  const channel = context.channel(prefix + name)
  await channel.connected(patience())
  return channel
}

export async function nextOf(monitor: Monitor): Promise<CaUpdate> {
  const { value } = await monitor.next()
  ok(value !== undefined, 'the monitor ended')
  return value
}

export async function untilValue(monitor: Monitor, wanted: (update: CaUpdate) => boolean): Promise<CaUpdate> {
  for (;;) {
    const update = await nextOf(monitor)
    if (wanted(update)) return update
  }
}

export async function rejection(promise: Promise<unknown>): Promise<CaError> {
  try {
    await promise
  } catch (error) {
    ok(error instanceof CaError, String(error))
    return error
  }
  throw new Error('did not reject')
}

export async function eventually(what: string, condition: () => boolean, limitMs: number): Promise<number> {
  const startedMs = performance.now()
  while (!condition()) {
    if (performance.now() - startedMs > limitMs) throw new Error(`${what}: not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - startedMs
}

/** A context that looks for names at this IOC only. */
export function contextOf(ioc: IocProcess, more: { readonly connTimeoutMs?: number } = {}): CaContext {
  return createCaContext({
    addrList: [ioc.address],
    autoAddrList: false,
    repeaterPort: ioc.repeaterPort,
    ...more,
  })
}
