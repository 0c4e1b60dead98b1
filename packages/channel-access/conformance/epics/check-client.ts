// Our client against the C soft IOC (RSRV) and a caproto IOC, each in a process of its own: check-client.ts PYTHON.
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkContexts, checkReconnect } from './check-connections.ts'
import { checkMonitors, checkSoftOnly } from './check-monitors.ts'
import { check, contextOf, counts, eventually, patience } from './check-steps.ts'
import { checkMetadata, checkPuts, checkTypes } from './check-values.ts'
import { iocProcess, prefix } from './ioc-process.ts'

const python = process.argv[2] ?? 'python3'

async function checkPeer(peer: 'soft' | 'caproto'): Promise<void> {
  const ioc = await iocProcess(python, peer)
  await ioc.start()
  const context = contextOf(ioc)
  try {
    await checkTypes(peer, context)
    await checkMetadata(peer, context)
    await checkPuts(peer, context)
    await checkMonitors(peer, context)
    if (peer === 'soft') await checkSoftOnly(context)
    await checkContexts(peer, ioc)
    await checkReconnect(peer, ioc)
  } finally {
    await context.close()
    await ioc.kill()
  }
}

async function checkMany(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bt-ca-'))
  const many = join(folder, 'many.db')
  const names = Array.from({ length: 10_000 }, (_, i) => `device:${i}:RBV`)
  writeFileSync(
    many,
    names.map((name) => `record(ai, "$(P)${name}") { field(VAL, "1") field(PINI, "YES") }\n`).join(''),
  )
  const ioc = await iocProcess(python, 'soft', [many])
  await ioc.start()
  const context = contextOf(ioc)
  try {
    await check('soft: 10,000 channels connect', async () => {
      const startedMs = performance.now()
      const channels = names.map((name) => context.channel(prefix + name))
      await Promise.all(channels.map((channel) => channel.connected(patience(20_000))))
      const ms = performance.now() - startedMs
      await Promise.all(channels.map((channel) => channel.get({ signal: patience() })))
      return `${ms.toFixed(0)} ms`
    })
    await check('soft: 10,000 channels are back after a restart', async () => {
      await ioc.kill()
      await eventually('all disconnected', () => context.statistics().connected === 0, 5_000)
      await ioc.start()
      const ms = await eventually('all connected', () => context.statistics().connected === 10_000, 20_000)
      return `${ms.toFixed(0)} ms after the IOC was ready`
    })
  } finally {
    await context.close()
    await ioc.kill()
    rmSync(folder, { recursive: true })
  }
}

await checkPeer('soft')
await checkPeer('caproto')
await checkMany()
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
