// npm run bench [-- NAME ...]: every benchmark program under bench/, each printing one JSON line a figure.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildWebIfStale } from './build-web.mjs'
import { ensureInstalled, node24, root, run } from './setup.mjs'

ensureInstalled()
await buildWebIfStale()
const wanted = process.argv.slice(2)
const folders = ['.', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]
const programs = folders.flatMap((folder) => {
  const bench = join(root, folder, 'bench')
  if (!existsSync(bench)) return []
  return readdirSync(bench)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.part.ts'))
    .sort()
    .map((name) => join(folder, 'bench', name))
})
const chosen = programs.filter(
  (program) => wanted.length === 0 || wanted.some((word) => program.includes(word)),
)
let failed = 0
for (const program of chosen) {
  process.stdout.write(`\n# ${program}\n`)
  if ((await run(node24(), [join(root, program)])) !== 0) {
    failed += 1
    process.stdout.write(`# ${program} failed\n`)
  }
}
process.stdout.write(`\n${chosen.length - failed} benchmarks ran, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
