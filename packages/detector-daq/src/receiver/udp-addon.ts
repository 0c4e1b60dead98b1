import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The functions of native/udp-receive.c. */
export interface UdpAddon {
  /** Opens and binds; gives the descriptor. Throws with code EADDRINUSE, EACCES or EIO. */
  open(host: string, port: number, bufferBytes: number): number
  close(fd: number): number
  /** Receive buffer that the kernel gave, in its own count (twice the wish). */
  size(fd: number): number
  port(fd: number): number
  /** Receives what is there, at most 64 datagrams; never waits. */
  receive(fd: number, bytes: Uint8Array, stride: number, lengths: Int32Array): number
  wait(fds: Int32Array, count: number, timeoutMs: number): number
}

const source = fileURLToPath(new URL('../../native/udp-receive.c', import.meta.url))

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/**
 * The path of the compiled addon, compiled into `folder` when it is not there yet; undefined where that cannot be done (no compiler,
 * not Linux).
 */
export async function compileUdpAddon(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12)
  const path = join(folder, `udp-receive-${process.arch}-${hash}.node`)
  if (await exists(path)) return path
  await mkdir(folder, { recursive: true })
  const partial = `${path}.${process.pid}`
  for (const compiler of [process.env['CC'] ?? 'cc', 'gcc', 'clang']) {
    try {
      await promisify(execFile)(compiler, ['-O2', '-shared', '-fPIC', '-o', partial, source], {
        timeout: 60_000,
      })
      await rename(partial, path)
      return path
    } catch {
      continue // the next compiler, or none
    }
  }
  return undefined
}

/** Loads a compiled addon; works in every thread. */
export function loadUdpAddon(path: string): UdpAddon {
  return createRequire(import.meta.url)(path) as UdpAddon
}
