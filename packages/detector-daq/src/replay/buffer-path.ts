import { join } from 'node:path'

/** Names of a detector and of its replay go to the same buffer. */
export function bufferName(detector: string): string {
  return detector.replace(/^REPLAY-/, '')
}

/** The file of an image: a folder for a million ids, a file for a thousand. */
export function bufferFile(root: string, detector: string, id: number): string {
  const folder = `${Math.floor(id / 1_000_000)}000000`
  return join(root, bufferName(detector), folder, `${Math.floor(id / 1_000)}000.dat`)
}
