import { createRoot } from 'react-dom/client'
import { Application } from './app/application.tsx'
import { createControlRoom } from './app/control-room.ts'
import { browserTransport } from './net/transport.ts'
import './theme/theme.ts'

const element = document.getElementById('root')
if (element !== null) {
  const room = createControlRoom({
    transport: browserTransport(),
    storage: localStorage,
    requestFrame: (callback) => requestAnimationFrame(callback),
  })
  createRoot(element).render(<Application room={room} />)
}
