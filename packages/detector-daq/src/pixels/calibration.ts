import type { DetectorModel, DetectorPort } from '../core/detector-model.ts'
import { pixelBytes } from '../core/image-metadata.ts'
import {
  jungfrauPlaneBytes,
  jungfrauPlanes,
  type CalibrationArea,
  type MemoryPlan,
} from '../ring/memory-plan.ts'

/** Pedestals and gains of one JUNGFRAU module, planes of 1024 x 512, 3 (G0 G1 G2), 4 (and high gain) or 6 of them. */
export interface JungfrauCalibration {
  readonly pedestals: readonly Float32Array[]
  /** What a pixel is multiplied with. */
  readonly gains: readonly Float32Array[]
}

/** Correction data of a detector. Images are row by row, `width` x `height`. */
export interface Corrections {
  /** By module. */
  readonly jungfrau?: ReadonlyMap<number, JungfrauCalibration>
  readonly dark?: Float64Array
  /** What a pixel is multiplied with after the dark image was taken off. */
  readonly flat?: Float64Array
  /** Not zero = masked. */
  readonly mask?: Uint8Array
}

/** The plane that a gain code means: of 3, 4 or 6 planes, in normal and in high gain. Code 2 is no gain; it becomes an error anyway. */
function planeOf(code: number, highGain: boolean, planes: number): number {
  const stage = code === 0 ? 0 : code === 1 ? 1 : 2
  if (!highGain || planes === 3) return stage
  return planes === 4 ? 3 : stage + 3
}

/** Calls back for every pixel of the module that is in the image: its place in the module's picture and in the image. */
function eachPixel(port: DetectorPort, visit: (modulePixel: number, imagePixel: number) => void): void {
  for (const segment of port.segments) {
    for (let y = 0; y < segment.rows; y += 1) {
      const from = (segment.sourceY + y) * port.format.columns + segment.sourceX
      const to = segment.start + y * segment.rowStep
      for (let x = 0; x < segment.columns; x += 1) visit(from + x, to + x * segment.columnStep)
    }
  }
}

function writeJungfrau(
  memory: WebAssembly.Memory,
  area: CalibrationArea,
  calibration: JungfrauCalibration | undefined,
): void {
  const pixels = 1024 * 512
  const count = calibration?.pedestals.length ?? 3
  const address = (kind: 'pedestal' | 'gain', plane: number): number =>
    area.planes + ((kind === 'gain' ? jungfrauPlanes : 0) + plane) * jungfrauPlaneBytes
  for (let plane = 0; plane < jungfrauPlanes; plane += 1) {
    const pedestal = calibration?.pedestals[plane]
    const gain = calibration?.gains[plane]
    if (pedestal !== undefined)
      new Float32Array(memory.buffer, address('pedestal', plane), pixels).set(pedestal)
    // Without a calibration a pixel stays what the ADC said.
    const gains = new Float32Array(memory.buffer, address('gain', plane), pixels)
    if (gain !== undefined) gains.set(gain)
    else if (calibration === undefined) gains.fill(1)
  }
  const table = new Uint32Array(memory.buffer, area.tables, 16)
  for (const highGain of [false, true]) {
    for (let code = 0; code < 4; code += 1) {
      const plane = planeOf(code, highGain, count)
      table[(highGain ? 8 : 0) + code] = address('pedestal', plane)
      table[(highGain ? 8 : 0) + 4 + code] = address('gain', plane)
    }
  }
}

interface CalibratedMemory {
  readonly memory: WebAssembly.Memory
  readonly plan: Pick<MemoryPlan, 'calibration'>
}

/** Puts the correction data of all ports into the shared memory. */
export function writeCalibrations(
  { memory, plan }: CalibratedMemory,
  model: DetectorModel,
  corrections: Corrections,
): void {
  for (const [index, port] of model.ports.entries()) {
    const area = plan.calibration[index]
    if (area !== undefined) writeCalibration({ memory, model, port }, area, corrections)
  }
}

/** Puts the mask of all ports into the shared memory, also while images arrive; undefined masks nothing. */
export function writeMasks(
  { memory, plan }: CalibratedMemory,
  model: DetectorModel,
  mask: Uint8Array | undefined,
): true {
  for (const [index, port] of model.ports.entries()) {
    const area = plan.calibration[index]
    if (area !== undefined) writeMask({ memory, model, port }, area, mask)
  }
  return true
}

/** Puts the correction data of one port into the shared memory, in the order in which its pixels arrive. */
export function writeCalibration(
  place: { readonly memory: WebAssembly.Memory; readonly model: DetectorModel; readonly port: DetectorPort },
  area: CalibrationArea,
  corrections: Corrections,
): void {
  const { memory, model, port } = place
  const { buffer } = memory
  const pixels = port.format.rows * port.format.columns
  if (area.tables !== 0) writeJungfrau(memory, area, corrections.jungfrau?.get(port.module))
  const { dark, flat, mask } = corrections
  if (area.flat !== 0) {
    const flats = new Float32Array(buffer, area.flat, pixels)
    const darks = new Float32Array(buffer, area.dark, pixels)
    eachPixel(port, (at, image) => {
      flats[at] = flat?.[image] ?? 1
      darks[at] = dark?.[image] ?? 0
    })
  } else if (area.dark !== 0) {
    const view = new DataView(buffer)
    const bytes = pixelBytes[model.pixelType]
    eachPixel(port, (at, image) => {
      const value = Math.max(0, Math.round(dark?.[image] ?? 0))
      const to = area.dark + at * bytes
      if (bytes === 1) view.setUint8(to, Math.min(value, 0xff))
      else if (bytes === 2) view.setUint16(to, Math.min(value, 0xffff), true)
      else view.setUint32(to, value, true)
    })
  }
  writeMask({ memory, model, port }, area, mask)
}

function writeMask(
  place: { readonly memory: WebAssembly.Memory; readonly model: DetectorModel; readonly port: DetectorPort },
  area: CalibrationArea,
  mask: Uint8Array | undefined,
): void {
  if (area.mask === 0) return
  const { memory, model, port } = place
  const isOn = new Int32Array(memory.buffer, area.maskSwitch, 1)
  if (mask === undefined) {
    Atomics.store(isOn, 0, 0)
    return
  }
  const bytes = pixelBytes[model.pixelType]
  const masks = new Uint8Array(memory.buffer, area.mask, port.format.rows * port.format.columns * bytes)
  eachPixel(port, (at, image) => {
    masks.fill((mask[image] ?? 0) === 0 ? 0 : 0xff, at * bytes, (at + 1) * bytes)
  })
  Atomics.store(isOn, 0, 1)
}
