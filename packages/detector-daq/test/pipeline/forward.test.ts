import { waitFor } from '@beamtime/service-kit/testing'
import * as fc from 'fast-check'
import { Publisher } from 'zeromq'
import { afterEach, expect, test } from 'vitest'
import type { DetectorConfig } from '../../src/core/detector-config.ts'
import { imageParts, metaOf } from '../../src/core/image-parts.ts'
import { detectorModel } from '../../src/core/detector-model.ts'
import { decodeImageMetadata, encodeImageMetadata } from '../../src/core/image-metadata.ts'
import { imageMetadataOf } from '../../src/image/image-metadata-of.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { eiger, gigafrost, jungfrau, testOptions } from './detectors.ts'

const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

async function start(config: DetectorConfig, more: Partial<PipelineOptions>): Promise<Pipeline> {
  const pipeline = await Pipeline.start(config, { ...testOptions, ...more }, () => undefined)
  open.push(pipeline)
  return pipeline
}

const ways = [
  ['parts of a fixed size', jungfrau, {}],
  ['parts for all forwarders', eiger, { use_all_forwarders: true, max_number_of_forwarders_spawned: 3 }],
  [
    'whole images in turn',
    gigafrost,
    { sender_sends_full_images: true, max_number_of_forwarders_spawned: 3 },
  ],
] as const

test.each(ways)(
  'images reach the ring of another service in %s',
  { timeout: 120_000 },
  async (_name, detector, more) => {
    const config = { ...detector, ...more }
    const near = await start(config, { sendAddress: 'tcp://127.0.0.1:*' })
    const far = await start(config, { receiveAddresses: near.sendEndpoints })
    expect(near.sendEndpoints).toHaveLength(imageParts(config, near.model.imageBytes).parts.length)
    const { udpPorts } = near
    const seen = (pipeline: Pipeline): number => {
      const { good, missing } = pipeline.counters.images()
      return good + missing
    }
    const isSame = (): boolean => near.latestImage()?.id === far.latestImage()?.id
    // One image after the other, so that a busy machine only takes longer.
    for (let id = 1; far.counters.images().good < 20 || !isSame(); id += 1) {
      const host = '127.0.0.1'
      const once = { config, host, udpPorts, rateHz: 1_000, images: 1, firstId: id, packetsPerSecond: 20_000 }
      const simulator = startSimulator(once)
      open.push(simulator)
      await simulator.done
      await waitFor(() => seen(near) >= id, { what: `image ${id}`, timeoutMs: 30_000 })
      // A sender passes over images that nobody listens to yet: they never come.
      await waitFor(isSame, { timeoutMs: 2_000 }).catch(() => undefined)
    }
    // The last image of the one is the last image of the other, pixel by pixel.
    const [here, there] = [near.latestImage(), far.latestImage()]
    expect(Buffer.from(here?.pixels ?? []).equals(Buffer.from(there?.pixels ?? [1]))).toBe(true)
    expect(far.counters.images().missing).toBeLessThanOrEqual(near.counters.images().missing)
    expect(far.counters.images()).toMatchObject({ dropped: 0 })
    expect(near.counters.images()).toMatchObject({ forwardLost: 0 })
  },
)

test('messages that are not of this detector are counted as bad and harm nothing', async () => {
  const stranger = new Publisher()
  await stranger.bind('tcp://127.0.0.1:*')
  open.push(stranger)
  const far = await start(jungfrau, { receiveAddresses: [stranger.lastEndpoint ?? ''] })
  const model = detectorModel(jungfrau)
  const metadata = {
    image_id: 5,
    height: model.height,
    width: model.width,
    size: model.imageBytes,
    dtype: 'u16',
    status: 'good_image',
    compression: 'none',
  } as const
  // A message is lost when nobody listens yet, and two megabytes take their time.
  const patiently = { intervalMs: 100, timeoutMs: 15_000 }
  const wrong = [
    [new Uint8Array(10)],
    [new Uint8Array(0), new Uint8Array(model.imageBytes)],
    [encodeImageMetadata(metadata), new Uint8Array(3)],
    [encodeImageMetadata({ ...metadata, width: 4 }), new Uint8Array(model.imageBytes)],
    [encodeImageMetadata({ ...metadata, compression: 'blosc2' }), new Uint8Array(model.imageBytes)],
  ]
  await waitFor(async () => {
    for (const message of wrong) await stranger.send(message)
    return far.counters.port(0).packetsBad >= wrong.length
  }, patiently)
  expect(far.counters.images()).toMatchObject({ good: 0, missing: 0 })
  await waitFor(async () => {
    await stranger.send([encodeImageMetadata(metadata), new Uint8Array(model.imageBytes).fill(3)])
    return far.counters.images().good >= 1
  }, patiently)
  expect(far.latestImage()?.pixels[100]).toBe(3)
})

test('parts cover an image once, the remainder goes to the last one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50_000_000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      fc.constantFrom('eiger', 'gigafrost', 'jungfrau-raw', 'jungfrau-converted', 'moench'),
      (bytes, forwarders, useAll, type) => {
        const config = {
          ...jungfrau,
          detector_type: type,
          max_number_of_forwarders_spawned: forwarders,
          use_all_forwarders: useAll,
        }
        const { parts } = imageParts(config, Math.max(bytes, forwarders))
        let next = 0
        for (const part of parts) {
          expect(part.offset).toBe(next)
          expect(part.bytes).toBeGreaterThan(0)
          next += part.bytes
        }
        expect(next).toBe(Math.max(bytes, forwarders))
      },
    ),
  )
})

test('what a message says of an image is published again as it was', () => {
  for (const config of [jungfrau, eiger, gigafrost]) {
    const model = detectorModel(config)
    const meta = Float64Array.from([7, 6, 5, 4, 3, 1, 0, 0])
    const metadata = imageMetadataOf(model, { id: 9, status: 'good_image', meta, doNotStoreBit: 0 })
    const decoded = decodeImageMetadata(encodeImageMetadata(metadata))
    if (decoded === undefined) throw new Error('unreadable')
    const again = { id: 9, status: decoded.status, meta: metaOf(decoded, 0), doNotStoreBit: 0 }
    expect(imageMetadataOf(model, again)).toEqual(metadata)
  }
})
