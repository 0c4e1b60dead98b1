#!/usr/bin/env node
import { launch } from './launch.mjs'

await launch(import.meta.url, async () => {
  const { runKafkaExecutable } = await import('../packages/cli/src/compat/kafka-executable.ts')
  await runKafkaExecutable('kafka-topics', process.argv.slice(2))
})
