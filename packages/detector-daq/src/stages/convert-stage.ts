import { slsMeta } from '../core/sls-packet.ts'
import { readCorrections } from '../pixels/calibration-file.ts'
import { decodeFrameStruct, encodeFrameStruct, frameStructBytes } from './frame-struct.ts'
import { ModuleConverter } from './module-converter.ts'
import { frameBytes, portOf, Stage, type StageOptions } from './stage.ts'
import { frameSlots, imageSlots, StageRing } from './stage-ring.ts'

/* std_data_convert_*: frames of one module into its place of the image, told on `<det>-sync`. */

const noFiles = {
  gains_and_pedestals: '',
  gain_file: '',
  pedestal_file: '',
  pixel_mask_file: '',
  dark_flat_file: '',
}

/** Runs until its signal aborts. `calibration` is the file of `-g`. Rejects with DAQ_CONFIG_INVALID, DAQ_CALIBRATION_UNREADABLE. */
export async function convertStage(
  options: StageOptions & { readonly module: number; readonly calibration?: string },
): Promise<void> {
  const stage = new Stage(options)
  const { config } = stage
  const model = stage.model()
  const port = portOf(model, options.module)
  const files = { ...noFiles, gains_and_pedestals: options.calibration ?? '' }
  const converter = new ModuleConverter(model, port, await readCorrections(files, model))
  const { detector_name: detector } = config
  const ring = (suffix: string | number, slotBytes: number, slots: number): StageRing =>
    stage.keep(new StageRing(stage.shmDirectory, `${detector}-${suffix}`, { slotBytes, slots }))
  const frames = ring(options.module, frameBytes(port), frameSlots)
  const images = ring('image', model.imageBytes, imageSlots(config, model.imageBytes))
  const source = stage.subscriber(stage.address(String(options.module)))
  const sync = stage.push(stage.address('sync'))
  const { columns, rows } = port.format
  const struct = { kind: model.metadata, bitDepth: config.bit_depth, columns, rows, doNotStoreBit: 0 }
  const frame = Buffer.alloc(converter.frame.length)
  let processed = 0
  stage.statistics(
    () => ({ module_id: port.module }),
    () => processed,
  )
  await stage.each(source, async ([bytes]) => {
    const message = bytes === undefined ? undefined : decodeFrameStruct(bytes, struct)
    if (bytes === undefined || message === undefined) return
    frames.read(message.imageId, frame)
    converter.frame.set(frame)
    converter.convert(model.metadata === 'jf' && ((message.meta[slsMeta.daqInfo] ?? 0) & 1) === 1)
    for (const piece of converter.pieces(model.width))
      images.write(message.imageId, piece.bytes, piece.offset)
    processed += 1
    // A message that was cut short says nothing of its module; we know it.
    const whole = bytes.length >= frameStructBytes ? message : { ...message, module: port.module }
    await sync.send(encodeFrameStruct(whole, struct))
  })
}
