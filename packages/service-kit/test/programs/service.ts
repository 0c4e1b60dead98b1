// A service for tests: what it does is said on the command line.
import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError, runService } from '../../src/index.ts'

const [dataDir = '', what = 'run'] = process.argv.slice(2)

await runService({
  role: 'test',
  dataDir,
  logConfig: { level: 'info', format: 'json' },
  shutdownMs: what === 'stuck' ? 200 : 2_000,
  async start(context) {
    if (what === 'config')
      throw new ConfigError({
        code: 'CONFIG_ADDRESS_IN_USE',
        message: 'test.listen: taken',
        remedy: 'change test.listen',
      })
    if (what === 'temporary')
      throw Object.assign(new Error('later'), { code: 'X_AWAY', canRetry: true, remedy: 'wait' })
    if (what === 'broken') throw new TypeError('a bug')
    if (what === 'slow-start') await delay(60_000, undefined, { signal: context.signal })
    if (what === 'crash') setTimeout(() => void Promise.reject(new Error('nobody catches this')), 20)
    const timer = setInterval(() => undefined, 1_000)
    return {
      endpoints: [{ name: 'test', url: 'tcp://127.0.0.1:1' }],
      status: () => 'idle',
      async close() {
        if (what === 'stuck') await delay(60_000)
        clearInterval(timer)
        process.stdout.write('drained\n')
      },
    }
  },
})
