import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { openCatalog } from '../src/index.ts'
import { encode, finishedRun } from './sample-run.ts'

/** Runs the writer until it reports `killAfter` records, then kills it; resolves with the records it had reported. */
async function runAndKill(
  catalogFile: string,
  recordFile: string,
  killAfter: number,
): Promise<{ reported: number; done: boolean }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-writer.ts'), catalogFile, recordFile],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let reported = 0
  let done = false
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'done') done = true
    else reported = Number(line)
    if (reported >= killAfter) child.kill('SIGKILL')
  }
  return { reported, done }
}

test('killed again and again while it writes: nothing committed is lost, nothing is doubled', async () => {
  const dir = tempDir()
  const catalogFile = join(dir.path, 'crash.sqlite')
  const recordFile = join(dir.path, 'records')
  const runs = Array.from({ length: 12 }, (_, i) => finishedRun(400 + i * 150))
  const records = runs.flatMap((run) => encode(run.documents)).map(({ bytes }) => Buffer.from(bytes))
  writeFileSync(
    recordFile,
    Buffer.concat(
      records.flatMap((value) => {
        const size = Buffer.alloc(4)
        size.writeUInt32LE(value.length)
        return [size, value]
      }),
    ),
  )
  let killAfter = 500
  for (;;) {
    const { reported, done } = await runAndKill(catalogFile, recordFile, killAfter)
    const db = new DatabaseSync(catalogFile)
    const position = Number(db.prepare('SELECT offset FROM position').get()?.['offset'] ?? -1)
    const documents = Number(db.prepare('SELECT count(*) AS n FROM doc_log').get()?.['n'])
    db.close()
    expect(position + 1).toBeGreaterThanOrEqual(reported)
    expect(documents).toBe(position + 1)
    if (done) break
    killAfter = reported + 3500
  }
  const catalog = openCatalog(catalogFile)
  for (const run of runs) {
    expect(catalog.documentCount(run.uid)).toBe(run.documents.length)
    expect(catalog.verify(run.uid)).toEqual({ ok: true, problems: [] })
    expect(catalog.documents(run.uid, { limit: 10_000 })).toEqual(run.documents)
    const th = catalog.table(run.uid, 'primary', { cols: ['th'] }).columns[0]?.values
    expect(th).toEqual(Float64Array.from({ length: run.documents.length - 3 }, (_, i) => i))
  }
  catalog.close()
  await dir.close()
}, 60_000)
