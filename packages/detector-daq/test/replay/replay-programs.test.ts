import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { Request } from 'zeromq'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeNextImageResponse, encodeNextImageRequest } from '../../src/core/replay-messages.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { replayPrograms, type ReplayInput, type RunningReplay } from '../../src/replay.ts'
import { AttachedStream } from '../../src/replay/attached-stream.ts'
import { imageStream } from '../../src/replay/stream-place.ts'
import { parseProgram } from '../../src/services/program-arguments.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { jungfrau, testOptions } from '../pipeline/detectors.ts'

const open: { close(): Promise<void> | void }[] = []
let folder: ReturnType<typeof tempDir>
beforeEach(() => (folder = tempDir()))
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
  await folder.close()
})

async function start(
  name: string,
  args: readonly string[],
  at: Pick<ReplayInput, 'config' | 'place'>,
): Promise<RunningReplay> {
  const program = replayPrograms[name]
  if (program === undefined) throw new Error(`no program ${name}`)
  const parsed = parseProgram(program.table, ['config.json', ...args])
  if (parsed.kind === 'help') throw new Error('help')
  const running = await program.start({
    ...at,
    words: parsed.words,
    values: parsed.values,
    log: () => undefined,
  })
  open.push(running)
  return running
}

test(
  'the programs record what a detector publishes and give it back on request',
  { timeout: 60_000 },
  async () => {
    const place = { shmDirectory: folder.path, ipcDirectory: join(folder.path, 'ipc') }
    mkdirSync(place.ipcDirectory)
    const config = { ...jungfrau, stats_collection_period: 1 }
    const options = [
      '--root_dir',
      join(folder.path, 'buffer'),
      '--db_address',
      `sqlite:${join(folder.path, 'i.sqlite')}`,
    ]
    const pipeline = await Pipeline.start(
      config,
      { ...testOptions, ...place, mirror: 'on-demand' },
      () => undefined,
    )
    open.push(pipeline)
    const writer = await start('std_buffer_writer', options, { config, place })
    open.push(
      startSimulator({
        config,
        host: '127.0.0.1',
        udpPorts: pipeline.udpPorts,
        rateHz: 10,
        packetsPerSecond: 20_000,
      }),
    )
    const replayed = { ...config, detector_name: `REPLAY-${config.detector_name}` }
    await start('std_buffer_reader', options, { config: replayed, place })
    const attached = new AttachedStream(imageStream(replayed, place))
    open.push(attached)
    const request = new Request({ receiveTimeout: 5_000, linger: 0 })
    open.push(request)
    request.connect(`ipc://${join(place.ipcDirectory, `${replayed.detector_name}-driver`)}`)
    await waitFor(
      async () => {
        await request.send(encodeNextImageRequest({ imageId: 1, isNew: true }))
        const [answer] = await request.receive()
        return (decodeNextImageResponse(answer ?? new Uint8Array())?.imageId ?? 0) > 0
      },
      { intervalMs: 300, timeoutMs: 20_000 },
    )
    for await (const { metadata, pixels } of attached.images()) {
      expect(metadata).toMatchObject({ status: 'good_image', compression: 'none' })
      expect(pixels).toHaveLength(2_097_152)
      break
    }
    await writer.close()
  },
)
