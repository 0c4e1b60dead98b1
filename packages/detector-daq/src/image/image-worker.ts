import { parentPort, workerData } from 'node:worker_threads'
import { detectorModel } from '../core/detector-model.ts'
import { forwardedModel } from '../core/image-parts.ts'
import { StreamSender } from '../forward/stream-sender.ts'
import { encodeImageMetadata } from '../core/image-metadata.ts'
import { nowMs } from '../receiver/clock.ts'
import { ImageFlow, type PublishedImage } from './image-flow.ts'
import type { ImageCommand, ImageData, ImageMessage } from './image-data.ts'
import { LiveStream } from './live-stream.ts'
import { PublishSocket } from './publish-socket.ts'
import { RunDispatcher } from './run-dispatcher.ts'
import { ShmMirror } from './shm-mirror.ts'

/* The image thread: images out of frames, then mirror, metadata stream, live streams and the writers' queues. */

const metadataHighWaterMark = 50_000
const data = workerData as ImageData
const { shared, mirror: mirrorOptions } = data
const detector = detectorModel(data.config, data.modelOptions)
const model = data.forwarded === undefined ? detector : forwardedModel(detector, data.forwarded)
const tell = (message: ImageMessage): void => parentPort?.postMessage(message)
const live: LiveStream[] = []
const senders: StreamSender[] = []
let metadata: PublishSocket | undefined
let isRunning = true
let mirrorFails = false

const mirror = new ShmMirror({ ...mirrorOptions, slotBytes: model.imageBytes })
const flow = new ImageFlow({ ...data, model }, publish)
const { counters, slots, imageBell } = flow.parts
const dispatcher = new RunDispatcher({
  slots: shared.plan.slots,
  queues: shared.plan.writers.map((_, writer) => flow.parts.writerQueue(writer)),
  bells: shared.plan.writers.map((_, writer) => flow.parts.writerBell(writer)),
  tell,
})

function exportImage(image: PublishedImage, now: number): void {
  const wanted =
    mirrorOptions.mode === 'always' ||
    (mirrorOptions.mode === 'on-demand' && (metadata?.subscribers ?? 0) > 0)
  if (!wanted) return
  try {
    mirror.write(image.metadata.image_id, image.pixels, now)
    mirrorFails = false
  } catch (error) {
    if (!mirrorFails)
      tell({ kind: 'mirror-failed', message: error instanceof Error ? error.message : String(error) })
    mirrorFails = true
  }
}

function publish(image: PublishedImage, now: number): void {
  const id = image.metadata.image_id
  const { status, detector } = image.metadata
  if (
    dispatcher.offer({
      id,
      generation: image.generation,
      status,
      ...(detector === undefined ? {} : { detector }),
    })
  )
    counters.setImage('recorded', dispatcher.images)
  exportImage(image, now)
  if (metadata !== undefined && metadata.subscribers > 0)
    metadata.send([encodeImageMetadata(image.metadata, data.statusEnum)])
  for (const sender of senders) {
    const outcome = sender.offer(image, () => slots.holds(id, image.generation))
    if (outcome === 'sent') counters.addImage('forwarded')
    else if (outcome === 'lost') counters.addImage('forwardLost')
  }
  for (const stream of live) {
    const outcome = stream.offer(image, { nowMs: now, isHeld: () => slots.holds(id, image.generation) })
    if (outcome === 'sent') counters.addImage('liveSent')
    else if (outcome === 'lost') counters.addImage('liveSkipped')
  }
}

async function openSockets(): Promise<boolean> {
  let address = data.metadataAddress ?? ''
  const { pedestalFile, gainFile } = data
  const context = { detector: data.config.detector_name, pedestalFile, gainFile }
  try {
    if (address !== '') metadata = await PublishSocket.bind(address, metadataHighWaterMark)
    for (const stream of data.liveStreams) {
      address = stream.address
      live.push(await LiveStream.open({ ...stream, extraHeader: data.extraHeader, context }))
    }
    for (const sender of data.senders) {
      address = sender.address
      senders.push(await StreamSender.open({ ...sender, statusEnum: data.statusEnum }))
    }
    return true
  } catch (error) {
    tell({ kind: 'unready', address, message: error instanceof Error ? error.message : String(error) })
    return false
  }
}

function obey(command: ImageCommand): void {
  switch (command.kind) {
    case 'begin':
      counters.setImage('recorded', 0)
      dispatcher.begin(command.order)
      break
    case 'allow':
      dispatcher.allow(command.images)
      break
    case 'end':
      dispatcher.end()
      break
    case 'exit':
      isRunning = false
      dispatcher.end()
      imageBell.ring()
      break
  }
}

async function serve(): Promise<void> {
  let sinceBreath = 0
  while (isRunning) {
    const taken = flow.drain(nowMs())
    dispatcher.flush()
    sinceBreath += taken
    if (taken === 0) {
      sinceBreath = 0
      await imageBell.hear(flow.waiting > 0 ? 20 : 1_000)
    } else if (sinceBreath >= 256) {
      // Sockets and commands get their turn under full load too.
      sinceBreath = 0
      await new Promise(setImmediate)
    }
  }
}

parentPort?.on('message', obey)
if (await openSockets()) {
  tell({
    kind: 'ready',
    liveEndpoints: live.map((stream) => stream.endpoint),
    sendEndpoints: senders.map((sender) => sender.endpoint),
  })
  await serve()
}
metadata?.close()
for (const stream of live) stream.close()
for (const sender of senders) sender.close()
mirror.close({ unlink: data.unlinkMirror })
tell({ kind: 'stopped' })
parentPort?.close()
