import { rmSync } from 'node:fs'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection, type RunningService } from '@beamtime/service-kit'
import { tempDir, testContext } from '@beamtime/service-kit/testing'
import type { BusOptions } from '@beamtime/bus'

/** A broker of its own and whatever a test starts on it; everything ends with `close`. */
export interface TestPlatform extends AsyncDisposable {
  readonly bus: BusOptions
  readonly directory: string
  run(start: (context: ReturnType<typeof testContext>) => Promise<RunningService>): Promise<RunningService>
  defer(close: () => Promise<unknown>): void
}

export async function testPlatform(): Promise<TestPlatform> {
  const folder = tempDir()
  // A test that runs out of time never comes to its end.
  const remove = (): void => rmSync(folder.path, { recursive: true, force: true })
  process.once('exit', remove)
  const broker = await openBroker({
    config: parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' }),
    directory: `${folder.path}/broker`,
  })
  const closing: (() => Promise<unknown>)[] = []
  return {
    bus: { bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port ?? 0}`], clientId: 'test' },
    directory: folder.path,
    async run(start) {
      const service = await start(testContext({ dataDir: folder.path }))
      closing.push(() => service.close())
      return service
    },
    defer: (close) => void closing.push(close),
    async [Symbol.asyncDispose]() {
      for (const close of closing.toReversed()) await close()
      await broker.close()
      await folder.close()
      process.off('exit', remove)
    },
  }
}
