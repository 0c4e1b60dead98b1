import { saveFile } from '../../parts/save-file.ts'
import { plainKey } from './output-time.ts'

/** What is written over the plot. */
export interface PictureTexts {
  readonly title: string
  readonly sub: string
  readonly time: string
}

const headPx = 56
const marginPx = 12
/** Sharp on paper too. */
const scale = 2

/** `<INSTRUMENT>_<outputs>_<sources>.png` */
export function pictureName(instrument: string, keys: readonly string[]): string {
  const parts = keys.map((key) => plainKey(key).split('/'))
  const named = (index: number): string => [...new Set(parts.map((part) => part.at(index) ?? ''))].join('-')
  return `${[instrument.toUpperCase(), named(-1), named(-2)].join('_').replaceAll(/[^\w.-]+/g, '_')}.png`
}

/** Saves a cell as it is shown, in the colours of the theme, with title, axes, units and time. */
export async function saveCellPicture(cell: HTMLElement, name: string, texts: PictureTexts): Promise<void> {
  await document.fonts.ready
  const body = cell.querySelector<HTMLElement>('.output-body')
  const canvas = document.createElement('canvas')
  const c = canvas.getContext('2d')
  if (body === null || c === null) return
  const place = body.getBoundingClientRect()
  canvas.width = Math.round(place.width * scale)
  canvas.height = Math.round((place.height + headPx) * scale)
  c.scale(scale, scale)
  const style = getComputedStyle(cell)
  c.fillStyle = style.backgroundColor
  c.fillRect(0, 0, place.width, place.height + headPx)
  paintHead(c, texts, { width: place.width, style })
  c.translate(-place.left, headPx - place.top)
  for (const element of body.querySelectorAll<HTMLElement | SVGElement>(
    'canvas, .plot-y, .plot-x, .figure, .region-shapes polygon, .region-letter',
  ))
    paintElement(c, element)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (blob !== null) saveFile(name, blob)
}

function paintHead(
  c: CanvasRenderingContext2D,
  { title, sub, time }: PictureTexts,
  { width, style }: { readonly width: number; readonly style: CSSStyleDeclaration },
): void {
  const family = style.fontFamily
  c.fillStyle = style.color
  c.textBaseline = 'alphabetic'
  c.font = `600 16px ${family}`
  c.fillText(title, marginPx, 24, width - 2 * marginPx)
  c.font = `400 12px ${family}`
  c.fillText([sub, time].filter((text) => text !== '').join(' · '), marginPx, 44, width - 2 * marginPx)
}

function paintElement(c: CanvasRenderingContext2D, element: HTMLElement | SVGElement): void {
  const box = element.getBoundingClientRect()
  if (box.width === 0 || box.height === 0) return
  if (element instanceof HTMLCanvasElement) {
    c.drawImage(element, box.left, box.top, box.width, box.height)
    return
  }
  const style = getComputedStyle(element)
  if (element instanceof SVGPolygonElement) {
    paintPolygon(c, element, style.stroke)
    return
  }
  const isCentred = style.textAlign === 'center'
  c.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  c.fillStyle = style.color
  c.textBaseline = 'middle'
  c.textAlign = isCentred ? 'center' : 'left'
  const left = box.left + Number.parseFloat(style.paddingLeft)
  const at = isCentred ? box.left + box.width / 2 : left
  c.fillText(element.textContent ?? '', at, (box.top + box.bottom) / 2, box.width)
  c.textAlign = 'left'
}

function paintPolygon(c: CanvasRenderingContext2D, polygon: SVGPolygonElement, stroke: string): void {
  const matrix = polygon.getScreenCTM()
  if (matrix === null) return
  c.beginPath()
  for (const point of polygon.points) {
    const { x, y } = point.matrixTransform(matrix)
    c.lineTo(x, y)
  }
  c.closePath()
  c.strokeStyle = stroke
  c.lineWidth = 2
  c.stroke()
}
