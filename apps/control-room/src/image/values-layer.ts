import type { PixelValues } from './image-details.ts'
import type { ValuesPlace } from './image-messages.ts'
import { pixelTexts } from './pixel-texts.ts'

/** Writes the values of pixels over their picture, in the worker that draws it. */
export class ValuesLayer {
  readonly #canvas: OffscreenCanvas
  readonly #context: OffscreenCanvasRenderingContext2D | null
  #values: PixelValues | null = null
  #place: ValuesPlace | null = null

  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas
    this.#context = canvas.getContext('2d')
  }

  take(values: PixelValues | null): void {
    this.#values = values
    this.#draw()
  }

  move(place: ValuesPlace | null): void {
    this.#place = place
    if (place === null) this.#values = null
    this.#draw()
  }

  #draw(): void {
    const [context, place, values] = [this.#context, this.#place, this.#values]
    if (context === null) return
    const { width, height } = place?.box ?? { width: 1, height: 1 }
    const ratio = place?.ratio ?? 1
    // A new size clears.
    this.#canvas.width = Math.max(1, Math.round(width * ratio))
    this.#canvas.height = Math.max(1, Math.round(height * ratio))
    if (place === null || values === null) return
    const { font, texts } = pixelTexts(values, place)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.font = `${font}px system-ui, sans-serif`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.lineJoin = 'round'
    // White with a dark rim: it is read on every colour of every map.
    context.lineWidth = Math.max(2, font / 4)
    context.strokeStyle = 'rgb(0 0 0 / 85%)'
    context.fillStyle = '#ffffff'
    for (const { text, x, y } of texts) {
      context.strokeText(text, x, y)
      context.fillText(text, x, y)
    }
  }
}
