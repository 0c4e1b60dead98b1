/* What the machine itself can do, measured in the same run: bytes over loopback, and to the disk with and without its cache. */
import { spawn } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const blockBytes = 1_048_576
const totalBytes = 1_073_741_824

/** Two processes, blocks of 1 MiB, one direction. */
export async function loopbackMbPerS(): Promise<number> {
  const program = `
import socket, sys
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen(1)
print(server.getsockname()[1], flush=True)
peer, _ = server.accept(); buffer = bytearray(${blockBytes})
while peer.recv_into(buffer): pass
`
  const sink = spawn('python3', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) =>
    sink.stdout.once('data', (text) => resolve(Number(text))),
  )
  const sender = `
import socket, sys, time
peer = socket.create_connection(("127.0.0.1", ${port})); block = bytes(${blockBytes})
started = time.perf_counter()
for _ in range(${totalBytes / blockBytes}): peer.sendall(block)
peer.shutdown(socket.SHUT_WR)
print(time.perf_counter() - started, flush=True)
`
  const source = spawn('python3', ['-c', sender], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of source.stdout) text += String(chunk)
  return totalBytes / Number(text) / 1e6
}

/** Sequential writes of 1 MiB: into the page cache, and until they are on the disk. */
export function diskMbPerS(directory: string): { readonly cache: number; readonly disk: number } {
  const path = join(directory, 'limit.bin')
  const block = Buffer.alloc(blockBytes, 120)
  const file = openSync(path, 'w')
  const startedMs = performance.now()
  for (let written = 0; written < totalBytes; written += blockBytes) writeSync(file, block)
  const cacheMs = performance.now() - startedMs
  fdatasyncSync(file)
  const diskMs = performance.now() - startedMs
  closeSync(file)
  rmSync(path)
  return { cache: totalBytes / cacheMs / 1e3, disk: totalBytes / diskMs / 1e3 }
}
