import { homedir } from 'node:os'
import { join } from 'node:path'

/** `~` and `~/...` of this user, as a shell expands them. */
export function expandHome(path: string): string {
  if (path === '~') return homedir()
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
}
