// npm run check: format, lint, layers, unused code, types; cheapest first, every step runs, one summary at the end.
import { join } from 'node:path'
import { ensureInstalled, node24, root, run, tool } from './setup.mjs'

ensureInstalled()
const steps = [
  ['format', () => tool('oxfmt', ['--check', '.'])],
  ['lint', () => tool('oxlint', ['--type-aware', '--deny-warnings'])],
  ['layers', () => run(node24(), [join(root, 'tools', 'check-layers.mjs')])],
  ['unused', () => tool('knip', ['--no-progress'])],
  ['generated', () => run(node24(), [join(root, 'tools', 'check-generated.mjs')])],
  ['types', () => tool('tsc', ['-b'])],
]
const failed = []
for (const [name, step] of steps) {
  process.stdout.write(`\n== ${name}\n`)
  if ((await step()) !== 0) failed.push(name)
}
process.stdout.write(
  `\n${steps.length - failed.length} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}\n`,
)
process.exitCode = failed.length > 0 ? 1 : 0
