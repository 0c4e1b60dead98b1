import { createInterface } from 'node:readline'
import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import { withBus } from '../topic/topic-bus.ts'
import type { ProduceOptions } from '../topic/topic-options.ts'

export function topicProduce(
  topic: string,
  values: readonly string[],
  options: ProduceOptions,
): Promise<number> {
  const partition = partitionOf(options.partition)
  return withBus(options, async (bus) => {
    const producer = bus.producer()
    let count = 0
    for await (const value of values.length > 0 ? values : linesOfInput()) {
      await producer.send({
        topic,
        value,
        ...(options.key === undefined ? {} : { key: options.key }),
        ...(partition === null ? {} : { partition }),
      })
      count++
    }
    await producer.close()
    if (options.json === true) printJson({ topic, written: count })
    else printLine(`wrote ${count} ${count === 1 ? 'record' : 'records'} to ${topic}`)
    return 0
  })
}

function linesOfInput(): AsyncIterable<string> {
  return createInterface({ input: process.stdin, crlfDelay: Infinity })
}

function partitionOf(given: string | undefined): number | null {
  if (given === undefined) return null
  if (/^\d{1,6}$/.test(given)) return Number(given)
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--partition ${given} is not a number`,
    remedy: 'give e.g. --partition 0',
  })
}
