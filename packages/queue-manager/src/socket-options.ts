import type { Encoding } from './wire-codec.ts'

/** One bound socket. */
export interface SocketOptions {
  /** `tcp://address:port`, `tcp://*:port`, `ipc:///path` or `ipc://@abstract`. */
  readonly address: string
  readonly encoding: Encoding
  /** Configuration key, for errors: `queue.main.control`. */
  readonly key: string
}

/** Encryption of the control socket. */
export interface CurveOptions {
  /** 40 characters Z85. */
  readonly secretKey: string
  /** Public keys of clients that may connect; empty = any that knows the server's public key. */
  readonly clientKeys: readonly string[]
}
