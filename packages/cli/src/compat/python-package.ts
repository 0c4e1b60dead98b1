import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** The queue server's package as a Python has it installed. */
export interface PythonPackage {
  readonly version: string
  /** Folder of its simulated profile; null when it has none. */
  readonly demoFolder: string | null
}

/** Nothing of the package is imported: that would take seconds. */
const program = `
import importlib.metadata as m, importlib.util as u, json, os
s = u.find_spec("bluesky_queueserver")
d = os.path.join(os.path.dirname(s.origin), "profile_collection_sim", "") if s else ""
print(json.dumps({"version": m.version("bluesky-queueserver"), "demo": d if os.path.isdir(d) else ""}))
`

/** null when that Python cannot be started or has no such package. */
export function pythonPackage(command: readonly string[]): PythonPackage | null {
  const [name = 'python3', ...args] = command
  const { stdout, status } = spawnSync(name, [...args, '-c', program], { encoding: 'utf8', timeout: 20_000 })
  if (status !== 0) return null
  const { version, demo } = JSON.parse(stdout) as { version: string; demo: string }
  return { version, demoFolder: demo === '' ? null : demo }
}

/** A path, or a command with words: `micromamba run -n haven python`. */
export function pythonWords(text: string): readonly string[] {
  if (existsSync(text)) return [text]
  return text.split(/\s+/).filter((word) => word !== '')
}
