#!/usr/bin/env node
import { launch } from './launch.mjs'

await launch(import.meta.url, async () => {
  const { runExecutable } = await import('../packages/cli/src/compat/run-executable.ts')
  await runExecutable('rubin-alert-sim', process.argv.slice(2))
})
