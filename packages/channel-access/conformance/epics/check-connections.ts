// Restarts, a frozen IOC, name servers and names that nobody has.
import { deepStrictEqual, ok } from 'node:assert/strict'
import { createCaContext } from '../../src/index.ts'
import { check, contextOf, eventually, nextOf, open, patience, rejection, untilValue } from './check-steps.ts'
import type { IocProcess } from './ioc-process.ts'

export async function checkReconnect(peer: string, ioc: IocProcess): Promise<void> {
  const context = contextOf(ioc, { connTimeoutMs: 1_000 })
  const channel = await open(context, 'counter')
  const connections: boolean[] = []
  channel.on('connection', (info) => connections.push(info !== null))
  const monitor = channel.monitor({ maxUpdates: 10 })
  await check(`${peer}: after a restart the channel and its monitor are back`, async () => {
    await nextOf(monitor)
    await ioc.kill()
    await eventually('disconnected', () => connections.at(-1) === false, 2_000)
    deepStrictEqual((await rejection(channel.get())).code, 'CA_DISCONNECTED')
    await ioc.start()
    const ms = await eventually('connected', () => connections.at(-1) === true, 10_000)
    await untilValue(monitor, (update) => update.reconnected)
    return `connected ${ms.toFixed(0)} ms after the IOC was ready`
  })
  await check(
    `${peer}: frozen it is disconnected within the time-out and 6 s, awake it is back`,
    async () => {
      await ioc.freeze()
      const pending = rejection(channel.get())
      const ms = await eventually('disconnected', () => connections.at(-1) === false, 7_000)
      deepStrictEqual((await pending).code, 'CA_UNRESPONSIVE')
      ioc.wake()
      await eventually('connected', () => connections.at(-1) === true, 10_000)
      await untilValue(monitor, (update) => update.reconnected)
      return `noticed after ${(ms / 1000).toFixed(1)} s`
    },
  )
  await check(`${peer}: frozen, killed and started it is back`, async () => {
    await ioc.freeze()
    await eventually('disconnected', () => connections.at(-1) === false, 7_000)
    await ioc.kill()
    await ioc.start()
    await eventually('connected', () => connections.at(-1) === true, 15_000)
    await untilValue(monitor, (update) => update.reconnected)
    ok((await channel.get({ signal: patience() })).count === 1)
    deepStrictEqual(context.statistics().circuits, 1)
  })
  monitor.close()
  await context.close()
}

export async function checkContexts(peer: string, ioc: IocProcess): Promise<void> {
  await check(`${peer}: found over TCP by a name server entry`, async () => {
    const context = createCaContext({
      nameServers: [ioc.address],
      autoAddrList: false,
      repeaterPort: ioc.repeaterPort,
    })
    const channel = await open(context, 'double')
    deepStrictEqual((await channel.get({ signal: patience() })).count, 1)
    deepStrictEqual(context.statistics().circuits, 1)
    await context.close()
  })
  await check(`${peer}: a name that nobody has stays unconnected`, async () => {
    const context = contextOf(ioc)
    const error = await rejection(context.channel('no:such:pv').connected(patience(500)))
    deepStrictEqual(error.code, 'CA_ABORTED')
    await context.close()
  })
}
