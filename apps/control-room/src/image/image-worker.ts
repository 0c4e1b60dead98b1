/// <reference lib="webworker" />
import type { FramesRequest, ImageView } from '@beamtime/http-gateway/ui-types'
import type { ImageFrame } from '../net/frame-codec.ts'
import { takeMessage, viewId } from './frame-intake.ts'
import type { ImageDetails } from './image-details.ts'
import type { FromImageWorker, ToImageWorker } from './image-messages.ts'
import { ValuesLayer } from './values-layer.ts'

/* The worker of one image: it has the socket and the canvas, so that neither decoding nor drawing disturbs the page. */

const scope = self as unknown as DedicatedWorkerGlobalScope
const darkMasked = 0xff_4a_34_4a
const retryMs = [500, 1_000, 2_000, 4_000, 5_000]

let canvas: OffscreenCanvas | null = null
let context: OffscreenCanvasRenderingContext2D | null = null
let values: ValuesLayer | null = null
let socket: WebSocket | null = null
let view: ImageView | null = null
let table = new Uint32Array(256)
let newest: ImageFrame | null = null
let failures = 0

function tell(message: FromImageWorker): void {
  scope.postMessage(message)
}

function ask(request: FramesRequest): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request))
}

function connect(url: string): void {
  const opened = new WebSocket(url)
  socket = opened
  opened.binaryType = 'arraybuffer'
  opened.addEventListener('open', () => {
    failures = 0
    tell({ kind: 'connection', isOpen: true })
    if (view !== null) ask({ op: 'view', id: viewId, view })
  })
  opened.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
    // While paused, what was on its way is not shown.
    if (view !== null) takeMessage(event.data, { draw: drawNewest, detail, ask, tell })
  })
  opened.addEventListener('close', () => {
    tell({ kind: 'connection', isOpen: false })
    setTimeout(() => connect(url), retryMs[Math.min(failures, retryMs.length - 1)])
    failures += 1
  })
}

function drawNewest(frame: ImageFrame): void {
  newest = frame
  draw(frame)
}

function detail({ image, profiles, values: shown }: ImageDetails): void {
  values?.take(shown)
  tell({ kind: 'profiles', drawn: { image, profiles } })
}

function draw({ columns, rows, index }: ImageFrame): void {
  if (canvas === null || context === null) return
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns
    canvas.height = rows
  }
  const image = context.createImageData(columns, rows)
  const words = new Uint32Array(image.data.buffer)
  for (let at = 0; at < index.length; at++) words[at] = table[index[at] ?? 0] ?? 0
  hatch(words, index, columns)
  context.putImageData(image, 0, 0)
}

/** Masked pixels in stripes, so that no map has their colour. */
function hatch(words: Uint32Array, index: Uint8Array, columns: number): void {
  for (let at = index.indexOf(0); at >= 0; at = index.indexOf(0, at + 1)) {
    const column = at % columns
    if ((column + (at - column) / columns) % 8 < 4) words[at] = darkMasked
  }
}

scope.addEventListener('message', (event: MessageEvent<ToImageWorker>) => {
  const message = event.data
  switch (message.kind) {
    case 'start':
      canvas = message.canvas
      context = canvas.getContext('2d', { alpha: false })
      values = new ValuesLayer(message.values)
      connect(message.url)
      return
    case 'view':
      view = message.view
      ask(view === null ? { op: 'end', id: viewId } : { op: 'view', id: viewId, view })
      return
    case 'colours':
      table = Uint32Array.from(message.table)
      if (newest !== null) draw(newest)
      return
    case 'values':
      values?.move(message.place)
  }
})
