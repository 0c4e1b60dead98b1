import { basename } from 'node:path'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Who listens on a TCP port of this machine, as `process 123 (node)`; null when not visible to this user. Linux only. */
export function portHolder(port: number): string | null {
  const inodes = new Set([
    ...listeningInodes('/proc/net/tcp', port),
    ...listeningInodes('/proc/net/tcp6', port),
  ])
  if (inodes.size === 0) return null
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name)))
    for (const descriptor of entries(`/proc/${pid}/fd`))
      if (inodes.has(socketInode(`/proc/${pid}/fd/${descriptor}`))) return `process ${pid} (${nameOf(pid)})`
  return null
}

const listenState = '0A'

/** Lines of /proc/net/tcp: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode`. */
function listeningInodes(path: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return textOf(path)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listenState && fields[1]?.endsWith(wanted) === true)
    .map((fields) => fields[9] ?? '')
}

function socketInode(path: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? 'none'
  } catch {
    return 'none' // closed meanwhile
  }
}

/** Program and script without their folders: `node server.js`. */
function nameOf(pid: string): string {
  const words = textOf(`/proc/${pid}/cmdline`)
    .split('\0')
    .filter((word) => word !== '' && !word.startsWith('-'))
    .slice(0, 2)
    .map((word) => basename(word).slice(0, 40))
  return words.length === 0 ? textOf(`/proc/${pid}/comm`).trim() || 'unknown' : words.join(' ')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // not Linux, or another user's
  }
}

function entries(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return [] // another user's
  }
}
