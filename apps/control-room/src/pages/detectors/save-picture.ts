import { turnedSize, turnMatrix, type Orientation } from '../../image/orientation.ts'
import { saveFile } from '../../parts/save-file.ts'

/** The picture as it is shown and turned, without regions. */
export async function savePicture(
  id: string,
  host: HTMLElement | null,
  orientation: Orientation,
): Promise<void> {
  const canvas = host?.querySelector<HTMLCanvasElement>('.image-canvas')
  if (canvas === null || canvas === undefined) return
  const copy = document.createElement('canvas')
  const size = turnedSize(canvas, orientation)
  copy.width = size.width
  copy.height = size.height
  const context = copy.getContext('2d')
  context?.setTransform(...turnMatrix(orientation, size))
  context?.drawImage(canvas, 0, 0)
  const blob = await new Promise<Blob | null>((resolve) => copy.toBlob(resolve))
  if (blob !== null) saveFile(`${id}.png`, blob)
}
