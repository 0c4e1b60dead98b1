#!/usr/bin/env node
import { launch } from './launch.mjs'

await launch(import.meta.url, async () => {
  const { runKafkaExecutable } = await import('../packages/cli/src/compat/kafka-executable.ts')
  await runKafkaExecutable('kafka-console-consumer', process.argv.slice(2))
})
