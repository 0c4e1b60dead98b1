// Runs every generator again and fails when what it writes differs from what is committed.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { environment, node24, root } from './setup.mjs'

const generators = readdirSync(join(root, 'tools')).filter((name) => /^generate-.*\.mjs$/.test(name))
let failed = 0
for (const name of generators) {
  const result = spawnSync(node24(), [join(root, 'tools', name), '--check'], {
    cwd: root,
    env: environment(),
    stdio: 'inherit',
  })
  process.stdout.write(
    `${name}: ${result.status === 0 ? 'up to date' : 'differs; run it without --check and commit'}\n`,
  )
  if (result.status !== 0) failed += 1
}
process.exitCode = failed === 0 ? 0 : 1
