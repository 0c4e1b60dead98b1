import { readdirSync, readFileSync } from 'node:fs'

/** Processes whose environment holds the text (as they were started), this one left out. Linux. */
export function processesOf(mark: string): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)) return []
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${name}/status`, 'utf8'))) return []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return [{ pid: Number(name), command }]
      } catch {
        return [] // it ended meanwhile, or it is not ours to read
      }
    })
}

/** A line a thread: name, state, system call (its number, or `running`) and the function of the system it waits in. */
export function threadsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/task`
  try {
    return readdirSync(folder).map((thread) => {
      const read = (name: string): string => readFileSync(`${folder}/${thread}/${name}`, 'utf8')
      const status = read('status')
      const value = (key: string): string => new RegExp(`^${key}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? ''
      return `  ${value('Name')} ${value('State')} ${read('syscall').split(' ')[0]?.trim()} ${read('wchan')}`
    })
  } catch {
    return ['  (it ended)']
  }
}

/** Direct children of a process. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.trim().split(/\s+/).filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Resident memory in MiB, 0 when it is gone. */
export function residentMib(pid: number): number {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0
    return Math.round(Number(kib) / 1024)
  } catch {
    return 0
  }
}

/** False when it was gone already. */
export function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL')
    return true
  } catch {
    return false
  }
}
