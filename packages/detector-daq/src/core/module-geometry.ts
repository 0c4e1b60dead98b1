import { DaqError } from '../error.ts'

/* Where the pixels of a module lie in the image (daq contract 3). A module is cut into rectangles that are placed as a whole. */

/** A rectangle of the module's picture and where its first pixel goes; steps are in pixels of the image. */
export interface Segment {
  readonly sourceX: number
  readonly sourceY: number
  readonly columns: number
  readonly rows: number
  readonly start: number
  readonly columnStep: number
  readonly rowStep: number
}

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Inclusive coordinates of the first and the last pixel of a module: x, y, x, y. */
export type ModulePosition = readonly [number, number, number, number]

function refuse(key: string, message: string): DaqError {
  return new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `${key}: ${message}`,
    fault: 'caller',
    remedy: 'Correct module_positions or the image size.',
    key,
  })
}

function checkInside(key: string, position: ModulePosition, image: ImageSize): void {
  const [startX, startY, endX, endY] = position
  const inside = (value: number, size: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < size
  if (
    inside(startX, image.width) &&
    inside(endX, image.width) &&
    inside(startY, image.height) &&
    inside(endY, image.height)
  )
    return
  throw refuse(key, `[${position.join(', ')}] is out-of-bound of the ${image.width} x ${image.height} image`)
}

/** EIGER: two chips of 256 x 256 with a gap of 2 pixels. An end row above the start row means that rows go upwards. */
export function eigerSegments(key: string, position: ModulePosition, image: ImageSize): readonly Segment[] {
  checkInside(key, position, image)
  const [startX, startY, endX, endY] = position
  if (endX - startX !== 513 || Math.abs(endY - startY) !== 255)
    throw refuse(
      key,
      `[${position.join(', ')}] is not 514 x 256 pixels, the size of an EIGER port with its gap`,
    )
  const rowStep = endY < startY ? -image.width : image.width
  const start = startY * image.width + startX
  const chip = { sourceY: 0, columns: 256, rows: 256, columnStep: 1, rowStep }
  return [
    { ...chip, sourceX: 0, start },
    { ...chip, sourceX: 256, start: start + 258 },
  ]
}

/** JUNGFRAU: 1024 x 512 in chips of 256 x 256, `gap` pixels between them, turned counter-clockwise by `rotation` quarters. */
export function jungfrauSegments(
  key: string,
  position: ModulePosition,
  options: ImageSize & { readonly rotation?: number; readonly gap?: number },
): readonly Segment[] {
  checkInside(key, position, options)
  const { width, rotation = 0, gap = 0 } = options
  const columns = 1024 + 3 * gap
  const rows = 512 + gap
  const [wide, high] = rotation % 2 === 0 ? [columns, rows] : [rows, columns]
  const [startX, startY, endX, endY] = position
  if (Math.abs(endX - startX) !== wide - 1 || Math.abs(endY - startY) !== high - 1)
    throw refuse(key, `[${position.join(', ')}] is not ${wide} x ${high} pixels, the size of the module`)
  const origin = Math.min(startY, endY) * width + Math.min(startX, endX)
  const turned = [
    { at: 0, columnStep: 1, rowStep: width },
    { at: (columns - 1) * width, columnStep: -width, rowStep: 1 },
    { at: (rows - 1) * width + columns - 1, columnStep: -1, rowStep: -width },
    { at: rows - 1, columnStep: width, rowStep: -1 },
  ][rotation % 4]
  if (turned === undefined) throw refuse('module_rotation', `${rotation} is not 0, 1, 2 or 3`)
  const { at, columnStep, rowStep } = turned
  const place = (x: number, y: number): number => origin + at + x * columnStep + y * rowStep
  if (gap === 0)
    return [{ sourceX: 0, sourceY: 0, columns: 1024, rows: 512, start: place(0, 0), columnStep, rowStep }]
  return [0, 1].flatMap((chipRow) =>
    [0, 1, 2, 3].map((chip) => ({
      sourceX: chip * 256,
      sourceY: chipRow * 256,
      columns: 256,
      rows: 256,
      start: place(chip * (256 + gap), chipRow * (256 + gap)),
      columnStep,
      rowStep,
    })),
  )
}

/** GIGAFROST: two links a quadrant take alternate lines; the southern quadrants go down from the middle, the northern up. */
export function gigafrostSegments(module: number, image: ImageSize): readonly Segment[] {
  const { width, height } = image
  const quadrant = (module % 8) >> 1
  const odd = module % 2
  const isNorth = quadrant >= 2
  const line = isNorth ? Math.floor((height - 1) / 2) - odd : height / 2 + odd
  return [
    {
      sourceX: 0,
      sourceY: 0,
      columns: width / 2,
      rows: height / 4,
      start: line * width + (quadrant % 2 === 1 ? width / 2 : 0),
      columnStep: 1,
      rowStep: isNorth ? -2 * width : 2 * width,
    },
  ]
}

/** A module that is the whole image or a rectangle of it, as it comes. */
export function plainSegments(
  key: string,
  position: ModulePosition,
  options: ImageSize & { readonly columns: number; readonly rows: number },
): readonly Segment[] {
  checkInside(key, position, options)
  const [startX, startY, endX, endY] = position
  if (endX - startX !== options.columns - 1 || endY - startY !== options.rows - 1)
    throw refuse(key, `[${position.join(', ')}] is not ${options.columns} x ${options.rows} pixels`)
  const start = startY * options.width + startX
  const { columns, rows } = options
  return [{ sourceX: 0, sourceY: 0, columns, rows, start, columnStep: 1, rowStep: options.width }]
}
