import { parseSection } from '@beamtime/service-kit'
import { tempDir, testContext, type TestContext } from '@beamtime/service-kit/testing'
import { daqConfig } from '../../src/config.ts'
import { startDaq } from '../../src/service/start-daq.ts'
import { demoDetector } from '../../src/service/demo-detector.ts'

export interface RunningDaq {
  readonly rest: string
  readonly websocket: string
  /** For files of tests. */
  readonly folder: string
  readonly dataDir: string
  readonly context: TestContext
  status(): string
  close(): Promise<void>
}

/** A DAQ service with a simulated JUNGFRAU on free ports. Stop the images with POST /simulation/stop. */
export async function runDaq(more: Readonly<Record<string, unknown>> = {}): Promise<RunningDaq> {
  const folder = tempDir()
  const dataDir = `${folder.path}/data`
  const context = testContext({ dataDir, role: 'daq@jungfrau' })
  const values = parseSection(
    daqConfig,
    {
      ...demoDetector({ udp: 0, rest: 0, websocket: 0, live: 0 }),
      receiver: 'dgram',
      frame_timeout_ms: 1_000,
      live_stream_configs: {},
      stream: { ipc_directory: folder.path },
      simulator: { enabled: true, auto_start: true, rate_hz: 20 },
      ...more,
    },
    { key: 'daq.jungfrau' },
  )
  const service = await startDaq({ name: 'jungfrau', daq: values }, context)
  const url = (name: string): string => service.endpoints.find((each) => each.name === name)?.url ?? ''
  return {
    rest: url('rest'),
    websocket: url('websocket'),
    folder: folder.path,
    dataDir,
    context,
    status: () => service.status?.() ?? '',
    close: async () => {
      await service.close()
      await folder.close()
    },
  }
}

export type Answer = Readonly<Record<string, unknown>> & { readonly status: string; readonly message: string }

/** Calls a route; a body makes it a POST. */
export async function call(url: string, path: string, body?: unknown): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(new URL(path, url), body === undefined ? {} : { method: 'POST', body: text })
  return (await response.json()) as Answer
}
