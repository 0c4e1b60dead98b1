import type { StageClient } from './stage-client.ts'
import type { ChartCursor, Point } from './stage-messages.ts'

/** Less than this is a click, px. */
const dragPx = 5

/** Hover, zoom and cursor of one chart, without React: they change with each move of the pointer. */
export function chartPointer({
  element,
  stage,
  chart,
}: {
  readonly element: HTMLElement
  readonly stage: StageClient
  readonly chart: number
}): { readonly show: (cursor: ChartCursor | null) => void; readonly end: () => void } {
  const parts = {
    x: part('chart-cursor-x'),
    y: part('chart-cursor-y'),
    text: part('chart-readout num'),
    box: part('chart-box'),
  }
  element.append(parts.x, parts.y, parts.text, parts.box)
  let pressed: Point | null = null
  let isWaiting = false
  let at: Point | null = null

  const placeOf = (event: PointerEvent): Point => {
    const { left, top } = element.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const tellPointer = (): void => {
    if (isWaiting) return
    isWaiting = true
    requestAnimationFrame(() => {
      isWaiting = false
      stage.tell({ kind: 'pointer', chart, at })
    })
  }
  const onMove = (event: PointerEvent): void => {
    at = placeOf(event)
    if (pressed !== null) showBox(parts.box, pressed, at)
    tellPointer()
  }
  const onLeave = (): void => {
    at = null
    tellPointer()
  }
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || event.pointerType === 'touch') return
    pressed = placeOf(event)
    element.setPointerCapture(event.pointerId)
  }
  const onUp = (event: PointerEvent): void => {
    const from = pressed
    pressed = null
    parts.box.hidden = true
    if (from === null) return
    const to = placeOf(event)
    if (Math.abs(to.x - from.x) >= dragPx) stage.tell({ kind: 'zoom', chart, box: [from, to] })
  }
  const onDouble = (): void => stage.tell({ kind: 'zoom', chart, box: null })
  // With Ctrl, so that the wheel alone still scrolls the page.
  const onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    const { left, top, width, height } = element.getBoundingClientRect()
    const about = { x: event.clientX - left, y: event.clientY - top }
    const factor = event.deltaY > 0 ? 1.25 : 0.8
    stage.tell({
      kind: 'zoom',
      chart,
      box: [
        { x: about.x * (1 - factor), y: about.y * (1 - factor) },
        { x: about.x + (width - about.x) * factor, y: about.y + (height - about.y) * factor },
      ],
    })
  }
  const ended = new AbortController()
  const { signal } = ended
  element.addEventListener('pointermove', onMove, { signal })
  element.addEventListener('pointerleave', onLeave, { signal })
  element.addEventListener('pointerdown', onDown, { signal })
  element.addEventListener('pointerup', onUp, { signal })
  element.addEventListener('dblclick', onDouble, { signal })
  element.addEventListener('wheel', onWheel, { signal, passive: false })
  return {
    show(cursor) {
      parts.x.hidden = cursor?.left === null || cursor?.left === undefined
      parts.y.hidden = cursor?.top === null || cursor?.top === undefined
      parts.text.hidden = cursor === null || cursor.text === ''
      if (cursor === null) return
      parts.x.style.transform = `translateX(${Math.round(cursor.left ?? 0)}px)`
      parts.y.style.transform = `translateY(${Math.round(cursor.top ?? 0)}px)`
      parts.text.textContent = cursor.text
    },
    end() {
      ended.abort()
      for (const one of Object.values(parts)) one.remove()
    },
  }
}

function part(className: string): HTMLDivElement {
  const made = document.createElement('div')
  made.className = className
  made.hidden = true
  return made
}

function showBox(box: HTMLElement, a: Point, b: Point): void {
  box.hidden = Math.abs(a.x - b.x) < dragPx
  box.style.left = `${Math.min(a.x, b.x)}px`
  box.style.top = `${Math.min(a.y, b.y)}px`
  box.style.width = `${Math.abs(a.x - b.x)}px`
  box.style.height = `${Math.abs(a.y - b.y)}px`
}
