import { liveSelection } from '../core/detector-config.ts'
import { imageParts } from '../core/image-parts.ts'
import type { LiveSelection } from '../core/live-selection.ts'
import { StreamSender } from '../forward/stream-sender.ts'
import type { PublishedImage } from '../image/image-flow.ts'
import { LiveStream } from '../image/live-stream.ts'
import { nowMs } from '../receiver/clock.ts'
import { Stage, type StageOptions } from './stage.ts'
import { metadataIn, ringOf } from './stream-stage.ts'

/* Stages that hand images to viewers and to other hosts: std_live_stream, std_stream_send, std_metadata_stream. */

const always = (): boolean => true

/** Runs `take` on every image of a stream of this host, with a copy of its pixels. */
async function eachImage(stage: Stage, source: string, take: (image: PublishedImage) => void): Promise<void> {
  const { imageBytes } = stage.model()
  const ring = ringOf(stage, source)
  await stage.each(stage.subscriber(stage.address(source)), (parts) => {
    const metadata = metadataIn(parts)
    if (metadata === undefined) return
    const pixels = Buffer.alloc(Math.min(metadata.size, imageBytes))
    ring.read(metadata.image_id, pixels)
    take({ metadata, pixels, generation: 0 })
  })
}

export interface ConfiguredStream {
  readonly address: string
  readonly selection: LiveSelection
}

/** The live streams of a configuration. */
export function configuredStreams(config: Stage['config']): readonly ConfiguredStream[] {
  return Object.entries(config.live_stream_configs).map(([address, rule]) => ({
    address,
    selection: liveSelection(address, rule),
  }))
}

/** array-1.0 at every address. */
export async function liveStreamStage(
  options: StageOptions & { readonly source: string; readonly streams: readonly ConfiguredStream[] },
): Promise<void> {
  const stage = new Stage(options)
  const live: LiveStream[] = []
  for (const { address, selection } of options.streams)
    live.push(stage.keep(await LiveStream.open({ address, selection, extraHeader: false })))
  const ports = live.map(({ endpoint }) => endpoint).join(' ')
  let sent = 0
  stage.statistics(
    () => ({ port: ports, type: 'array', source: options.source }),
    () => sent,
  )
  await eachImage(stage, options.source, (image) => {
    for (const stream of live)
      if (stream.offer(image, { nowMs: nowMs(), isHeld: always }) === 'sent') sent += 1
  })
}

/** One part of every image to another host. A part that no image has ends at once. */
export async function streamSendStage(
  options: StageOptions & { readonly address: string; readonly part: number },
): Promise<void> {
  const stage = new Stage(options)
  const { isWhole, parts } = imageParts(stage.config, stage.model().imageBytes)
  const part = parts.find((each) => each.part === options.part)
  if (part === undefined) return
  const every = isWhole ? parts.length : 0
  const sender = stage.keep(
    await StreamSender.open({ address: options.address, part, every, statusEnum: 'g3' }),
  )
  let sent = 0
  let missed = 0
  stage.statistics(
    () => ({ image_part: options.part, zmq_fails: 0, images_missed: missed }),
    () => sent,
  )
  await eachImage(stage, 'image', (image) => {
    const outcome = sender.offer(image, always)
    if (outcome === 'sent') sent += 1
    if (outcome === 'lost') missed += 1
  })
}

/** The metadata of every image to other hosts. */
export async function metadataStreamStage(
  options: StageOptions & { readonly address: string },
): Promise<void> {
  const stage = new Stage(options)
  const out = await stage.publisher(options.address)
  let processed = 0
  stage.statistics(
    () => ({}),
    () => processed,
  )
  await stage.each(stage.subscriber(stage.address('image')), (parts) => {
    if (metadataIn(parts) === undefined) return
    out.send([...parts])
    processed += 1
  })
}
