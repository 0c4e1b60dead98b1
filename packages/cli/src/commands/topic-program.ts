import type { Command } from 'commander'
import type { ConsumeOptions, ProduceOptions, TopicOptions } from '../topic/topic-options.ts'
import { withExamples, withPlace, type RunAction } from './run-action.ts'

function withBus(command: Command): Command {
  return withPlace(command)
    .option('--bootstrap <address>', 'brokers, host:port separated by commas (default: of the platform)')
    .option('--json', 'print as JSON')
}

/** topic list, create, delete, describe, consume, produce. */
export function addTopicCommands(program: Command, run: RunAction): void {
  const topic = program.command('topic').description('Look at the topics of the bus, read and write them.')
  withExamples(
    withBus(topic.command('list'))
      .description('List the topics.')
      .action(run(async (options: TopicOptions) => (await import('./topic-admin.ts')).topicList(options))),
    'beamtime topic list',
  )
  withExamples(
    withBus(topic.command('describe <topic>'))
      .description('Show partitions, offsets and settings of a topic.')
      .action(
        run(async (name: string, options: TopicOptions) =>
          (await import('./topic-admin.ts')).topicDescribe(name, options),
        ),
      ),
    'beamtime topic describe demo.bluesky.documents',
  )
  withExamples(
    withBus(topic.command('create <topic>'))
      .description('Create a topic.')
      .option('--partitions <n>', 'number of partitions (default: 1)')
      .option('--set <name=value...>', 'setting of the topic, e.g. retention.ms=3600000')
      .action(
        run(async (name: string, options: TopicOptions & { partitions?: string; set?: string[] }) =>
          (await import('./topic-admin.ts')).topicCreate(name, options),
        ),
      ),
    'beamtime topic create raw --partitions 3 --set retention.ms=3600000',
  )
  withExamples(
    withBus(topic.command('delete <topic...>'))
      .description('Delete topics with everything in them.')
      .action(
        run(async (names: string[], options: TopicOptions) =>
          (await import('./topic-admin.ts')).topicDelete(names, options),
        ),
      ),
    'beamtime topic delete raw',
  )
  withExamples(
    withBus(topic.command('consume <topic>'))
      .description('Print the records of a topic; Bluesky documents, JSON and text are recognised.')
      .option(
        '--from <place>',
        'earliest, latest, an offset, -N for the last N, or a time (default: earliest)',
      )
      .option('-n, --count <n>', 'stop after so many records')
      .option('-f, --follow', 'wait for further records (from: latest)')
      .option('--format <format>', 'auto, bluesky, json, text or hex (default: auto)')
      .action(
        run(async (name: string, options: ConsumeOptions) =>
          (await import('./topic-consume.ts')).topicConsume(name, options),
        ),
      ),
    'beamtime topic consume demo.bluesky.documents',
    'beamtime topic consume demo.bluesky.documents -f --json',
    'beamtime topic consume demo.bluesky.documents --from -10',
  )
  withExamples(
    withBus(topic.command('produce <topic> [value...]'))
      .description('Write records: the values given, or each line of standard input.')
      .option('--key <key>', 'key of the records')
      .option('--partition <n>', 'partition (default: by key)')
      .action(
        run(async (name: string, values: string[], options: ProduceOptions) =>
          (await import('./topic-produce.ts')).topicProduce(name, values, options),
        ),
      ),
    'beamtime topic produce raw hello',
    'beamtime topic produce raw --key a < lines.txt',
  )
}
