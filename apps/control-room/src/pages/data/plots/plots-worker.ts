/// <reference lib="webworker" />
import interFont from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import { openSocketClient } from '../../../net/socket-client.ts'
import { browserTransport } from '../../../net/transport.ts'
import { createPlotStage } from './plot-stage.ts'
import type { ToStage } from './stage-messages.ts'

/* The worker of all plots of a page: it has the socket with the results and the canvases. */

const scope = self as unknown as DedicatedWorkerGlobalScope
/** Texts beside the plots follow this much later, in one go for the results of one window. */
const beatMs = 120

const socket = openSocketClient({
  transport: browserTransport(),
  path: '/api/ui/ws',
  onState: () => undefined,
  onClockOffset: () => undefined,
  onHello: () => undefined,
  // The page has a socket too and asks for the login; this one tries until it is let in.
  onRefused: () => undefined,
})

const take = createPlotStage({
  subscribe: (request, onFrame) => {
    const subscription = socket.subscribe('output', { ...request }, { frame: onFrame })
    return () => subscription.close()
  },
  requestFrame: (run) => void scope.requestAnimationFrame(run),
  tell: (message) => scope.postMessage(message),
  beatMs,
})

scope.addEventListener('message', (event: MessageEvent<ToStage>) => take(event.data))

// A worker knows no style sheet. Until the font is there, plots have the system's.
const font = new FontFace('Inter Variable', `url(${interFont})`, { weight: '100 900' })
scope.fonts.add(font)
void font.load()
