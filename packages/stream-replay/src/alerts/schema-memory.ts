import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/* Alerts carry an id instead of their schema, and id 0 stands for none. What a file was written with is kept on this machine,
 * by broker and topic, so that `print-stream` shows alerts of any version without a registry. */

function pathOf(servers: readonly string[], topic: string): string {
  const broker = servers
    .map((server) => server.replace(/^(localhost|\[::1\]):/, '127.0.0.1:'))
    .toSorted()
    .join(',')
  const folder = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const name = createHash('sha256').update(`${broker} ${topic}`).digest('hex').slice(0, 32)
  return join(folder, 'beamtime', 'alert-schemas', `${name}.avsc`)
}

/** Keeps a schema. A folder that cannot be written to is no reason to fail. */
export async function rememberSchema(servers: readonly string[], topic: string, text: string): Promise<void> {
  const path = pathOf(servers, topic)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  } catch {
    // printing falls back to the known schemas
  }
}

/** Null when nothing is known. */
export async function recallSchema(servers: readonly string[], topic: string): Promise<string | null> {
  return await readFile(pathOf(servers, topic), 'utf8').catch(() => null)
}
