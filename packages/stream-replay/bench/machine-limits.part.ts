import { fork } from 'node:child_process'
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { secondsSince } from './report.part.ts'

const chunk = Buffer.alloc(1_048_576, 'x')

/** What the machine can do at most with so many bytes: MB/s of one process, or of two over loopback. */
export async function machineLimits(
  folder: string,
  recorded: { readonly path: string; readonly bytes: number },
): Promise<Readonly<Record<string, number>>> {
  const { path, bytes } = recorded
  return {
    readMbPerS: await readLimit(path, bytes),
    loopbackMbPerS: await loopbackLimit(bytes),
    ...(await writeLimits(join(folder, 'limit.bin'), bytes)),
  }
}

async function readLimit(path: string, bytes: number): Promise<number> {
  const file = await open(path)
  const into = Buffer.allocUnsafeSlow(4_194_304)
  const startedMs = performance.now()
  for (let at = 0; at < bytes; at += into.length) await file.read(into, 0, into.length, at)
  await file.close()
  return bytes / secondsSince(startedMs) / 1e6
}

/** To another process, which takes them and does nothing with them. */
async function loopbackLimit(bytes: number): Promise<number> {
  const child = fork(join(import.meta.dirname, 'loopback-end.part.ts'), [String(bytes)])
  const [port] = (await once(child, 'message')) as [number]
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const startedMs = performance.now()
  for (let at = 0; at < bytes; at += chunk.length) if (!socket.write(chunk)) await once(socket, 'drain')
  await once(socket, 'data')
  const rate = bytes / secondsSince(startedMs) / 1e6
  socket.destroy()
  child.kill()
  return rate
}

/** Into the page cache, and until the disk has it. */
async function writeLimits(
  path: string,
  bytes: number,
): Promise<{ readonly pageCacheMbPerS: number; readonly diskMbPerS: number }> {
  const file = await open(path, 'w')
  const startedMs = performance.now()
  for (let at = 0; at < bytes; at += chunk.length) await file.write(chunk, 0, chunk.length, at)
  const cachedS = secondsSince(startedMs)
  await file.datasync()
  const storedS = secondsSince(startedMs)
  await file.close()
  await rm(path)
  return { pageCacheMbPerS: bytes / cachedS / 1e6, diskMbPerS: bytes / storedS / 1e6 }
}
