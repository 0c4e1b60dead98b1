#!/usr/bin/env node
// Every program of the standard DAQ: the name under which this script is called is the program; called by its own name, the first
// word is.
import { basename } from 'node:path'
import { launch } from './launch.mjs'

await launch(import.meta.url, async () => {
  const { runStdDaq } = await import('../packages/cli/src/compat/std-daq.ts')
  const [, script = '', ...args] = process.argv
  const called = basename(script).replace(/\.(mjs|cmd|ps1)$/, '')
  const [first = '', ...others] = args
  const name = called === 'std-daq' ? first : called
  process.exitCode = await runStdDaq(name, called === 'std-daq' ? others : args)
})
