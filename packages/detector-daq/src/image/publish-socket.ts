import { chmod } from 'node:fs/promises'
import { Publisher } from 'zeromq'

type Part = Uint8Array | string

/** A PUB socket that never waits: what does not fit its bounds is dropped and counted. */
export class PublishSocket {
  readonly address: string
  /** Messages that found no room. */
  dropped = 0
  private readonly socket: Publisher
  private readonly limit: number
  private readonly pending: Part[][] = []
  private pumping: Promise<void> | undefined
  private peers = 0

  private constructor(address: string, highWaterMark: number) {
    this.address = address
    this.limit = highWaterMark
    this.socket = new Publisher({ sendHighWaterMark: highWaterMark, linger: 0 })
    this.socket.events.on('accept', () => (this.peers += 1))
    this.socket.events.on('disconnect', () => (this.peers -= 1))
  }

  /** Binds. Local sockets are open to every user, as peers expect. Rejects when the address is taken. */
  static async bind(address: string, highWaterMark: number): Promise<PublishSocket> {
    const socket = new PublishSocket(address, highWaterMark)
    try {
      await socket.socket.bind(address)
    } catch (error) {
      socket.socket.close()
      throw error
    }
    if (address.startsWith('ipc://'))
      await chmod(address.slice('ipc://'.length), 0o777).catch(() => undefined)
    return socket
  }

  /** The address with its port when it was bound to port 0. */
  get endpoint(): string {
    return this.socket.lastEndpoint ?? this.address
  }

  /** Peers that are connected. */
  get subscribers(): number {
    return this.peers
  }

  send(parts: Part[]): void {
    if (this.pending.length >= this.limit) {
      this.dropped += 1
      return
    }
    this.pending.push(parts)
    this.pumping ??= this.pump()
  }

  private async pump(): Promise<void> {
    for (let parts = this.pending.shift(); parts !== undefined; parts = this.pending.shift()) {
      try {
        await this.socket.send(parts)
      } catch {
        this.dropped += 1
      }
    }
    this.pumping = undefined
  }

  close(): void {
    this.pending.length = 0
    this.socket.close()
  }
}
