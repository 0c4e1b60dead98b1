import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../../../python/run_worker.py', import.meta.url))

/** A Python that can run plans, or why there is none. */
export function realPython(): { readonly python: string } | { readonly missing: string } {
  const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
  const peers = join(cache, 'queueserver', 'bin', 'python')
  const python = process.env['BEAMTIME_PEERS_PYTHON'] ?? (existsSync(peers) ? peers : 'python3')
  const { stdout, error } = spawnSync(python, ['-u', script, '--describe'], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (error !== undefined) return { missing: `${python}: ${error.message}` }
  try {
    const { problem } = JSON.parse(stdout) as { problem: string | null }
    return problem === null ? { python } : { missing: problem }
  } catch {
    return { missing: `${python} did not describe itself` }
  }
}
