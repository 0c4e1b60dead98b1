import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Resident memory of a process and all below it in MiB; Linux. */
export function treeMib(pid: number): number {
  return Math.round(treeKib(pid) / 1024)
}

function treeKib(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(/\s+/)
      .filter(Boolean)
    return own + children.reduce((sum, child) => sum + treeKib(Number(child)), 0)
  } catch {
    return 0 // it ended meanwhile
  }
}

/** The processes that hold the socket which listens on a TCP port; Linux. */
export function listenersOn(port: number): readonly number[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, local = '', , state, , , , , , inode]) =>
        state === '0A' && local.endsWith(`:${hex}`) && inode !== undefined ? [`socket:[${inode}]`] : [],
      ),
  )
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => openFiles(name).some((file) => inodes.includes(file)))
    .map(Number)
}

function openFiles(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`)
      } catch {
        return '' // it was closed meanwhile
      }
    })
  } catch {
    return [] // the process ended, or is not ours to read
  }
}
