import { CliError } from '../error.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withBus } from '../topic/topic-bus.ts'
import type { TopicOptions } from '../topic/topic-options.ts'

export function topicList(options: TopicOptions): Promise<number> {
  return withBus(options, async (bus) => {
    const names = (await bus.admin.listTopics()).toSorted()
    if (options.json === true) printJson(names)
    else if (names.length === 0) printLine('no topics')
    else for (const name of names) printLine(name)
    return 0
  })
}

export function topicDescribe(name: string, options: TopicOptions): Promise<number> {
  return withBus(options, async (bus) => {
    const topic = await bus.admin.describeTopic(name)
    if (options.json === true) {
      printJson(topic)
      return 0
    }
    printLine(`Topic ${topic.name}  ${topic.id}`)
    printTable(
      ['PARTITION', 'EARLIEST', 'LATEST', 'RECORDS'],
      topic.partitions.map(({ partition, earliest, latest }) => [
        String(partition),
        String(earliest),
        String(latest),
        String(latest - earliest),
      ]),
    )
    for (const [key, value] of Object.entries(topic.configs))
      if (value !== null) printLine(`  ${key} = ${value}`)
    return 0
  })
}

export function topicCreate(
  name: string,
  options: TopicOptions & { readonly partitions?: string; readonly set?: readonly string[] },
): Promise<number> {
  const partitions = Number(options.partitions ?? 1)
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new CliError({
      code: 'CLI_USAGE',
      message: `--partitions ${options.partitions} is not a number`,
      remedy: 'give 1 or more',
    })
  const configs = Object.fromEntries(
    (options.set ?? []).map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new CliError({
          code: 'CLI_USAGE',
          message: `--set ${pair} is not name=value`,
          remedy: 'give e.g. --set retention.ms=3600000',
        })
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
  return withBus(options, async (bus) => {
    await bus.admin.createTopic({ name, partitions, configs })
    if (options.json === true) printJson({ created: name, partitions })
    else printLine(`created ${name}`)
    return 0
  })
}

export function topicDelete(names: readonly string[], options: TopicOptions): Promise<number> {
  return withBus(options, async (bus) => {
    await bus.admin.deleteTopics(names)
    if (options.json === true) printJson({ deleted: names })
    else printLine(`deleted ${names.join(', ')}`)
    return 0
  })
}
