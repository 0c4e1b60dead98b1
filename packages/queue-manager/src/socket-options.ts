import type { Encoding } from './wire-codec.ts'

/** One bound socket. Encryption of the control socket will add its keys here. */
export interface SocketOptions {
  /** `tcp://address:port`, `tcp://*:port`, `ipc:///path` or `ipc://@abstract`. */
  readonly address: string
  readonly encoding: Encoding
  /** Configuration key, for errors: `queue.main.control`. */
  readonly key: string
}
