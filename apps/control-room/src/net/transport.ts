/** What the application needs from the outside world. The browser gives the real one, tests and the gallery a made-up one. */
export interface Transport {
  /** The server is reached over the network, so also by workers; not so one that is made up inside of the page. */
  readonly hasNetwork?: boolean
  fetch(path: string, init: RequestInit): Promise<Response>
  openSocket(path: string): SocketLike
}

/** The part of WebSocket that is used; `onmessage` gets text or an ArrayBuffer. */
export interface SocketLike {
  onopen: (() => void) | null
  onmessage: ((data: string | ArrayBuffer) => void) | null
  onclose: ((code: number) => void) | null
  send(text: string): void
  close(): void
}

export function browserTransport(): Transport {
  return {
    hasNetwork: true,
    fetch: (path, init) => fetch(path, init),
    openSocket(path) {
      const url = new URL(path, location.href)
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
      const socket = new WebSocket(url)
      socket.binaryType = 'arraybuffer'
      const like: SocketLike = {
        onopen: null,
        onmessage: null,
        onclose: null,
        send: (text) => socket.send(text),
        close: () => socket.close(),
      }
      socket.addEventListener('open', () => like.onopen?.())
      socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) =>
        like.onmessage?.(event.data),
      )
      socket.addEventListener('close', (event) => like.onclose?.(event.code))
      return like
    },
  }
}
