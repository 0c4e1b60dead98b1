import type { Command } from 'commander'
import type {
  ChoiceOptions,
  ImportCommandOptions,
  PlayCommandOptions,
  RecordCommandOptions,
  ServeCommandOptions,
  StreamOptions,
} from '../stream/stream-options.ts'
import { type RunAction, withExamples, withPlace, withPlaceOnly } from './run-action.ts'

function withStream(command: Command): Command {
  return withBroker(withPlace(command))
}

function withBroker(command: Command): Command {
  return command
    .option('--bootstrap <address>', 'brokers, host:port separated by commas (default: of the platform)')
    .option('--registry <url>', 'schema registry (default: replay.registry)')
    .option('--json', 'print as JSON')
}

function withChoice(command: Command): Command {
  return withPlaces(withStream(command))
}

function withPlaces(command: Command): Command {
  return command
    .option('--start <place>', 'first message: time, epoch ms, -10m, #N, @OFFSET, 50%, run:UID')
    .option('--stop <place>', 'message before which it ends, as --start; run:UID ends behind that run')
    .option(
      '--select <expression>',
      "only messages for which it holds, e.g. headers.type == 'a' && json.n > 3",
    )
}

/** stream record, play, create, print, cat, info, verify, cut, import, export, serve, sample. */
export function addStreamCommands(program: Command, run: RunAction): void {
  const stream = program.command('stream').description('Record topics, and play them back on time.')
  addRecord(stream, run)
  addPlay(stream, run)
  addReaders(stream, run)
  addWriters(stream, run)
}

function addRecord(stream: Command, run: RunAction): void {
  withExamples(
    withStream(stream.command('record [topic...]'))
      .description('Record topics, byte for byte, until something ends it or Ctrl-C.')
      .requiredOption(
        '-o, --output <recording>',
        'name (in the recordings folder) or path of the new recording',
      )
      .option('--match <regex>', 'topics whose names match, also those that come later')
      .option('--from <place>', 'earliest, latest, an offset, a time, or -10m (default: latest)')
      .option('--to <place>', 'end, an offset or a time')
      .option('--count <n>', 'stop after so many messages')
      .option('--duration <time>', 'stop after 250ms, 37s, 10m, 2h')
      .option('--bytes <size>', 'stop at 64k, 10M, 2G')
      .option('--until-run-stop', 'stop behind the next run stop document')
      .option('--idle <time>', 'stop when nothing came for so long')
      .option('--ring <limit>', 'keep only the last 10m, or 2G')
      .option('--split <size>', 'begin a new file at this size')
      .option('--group <group>', 'begin where this group stopped, and move it along')
      .option('--progress <mode>', 'auto, json or none (default: auto)')
      .action(
        run(async (topics: string[], options: RecordCommandOptions) =>
          (await import('./stream-record.ts')).streamRecord(topics, options),
        ),
      ),
    'beamtime stream record -o night-1 alerts --duration 2h',
    "beamtime stream record -o all --match '.*' --from earliest --to end",
  )
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function addPlay(stream: Command, run: RunAction): void {
  withExamples(
    withPlaces(withBroker(withPlaceOnly(stream.command('play <source>'))))
      .description('Play a recording, or topic:NAME, at its own pace or another.')
      .option('--topic-map <pairs>', 'OLD=NEW, several separated by commas')
      .option('--prefix <text>', 'put before the names of topics')
      .option('--speed <factor>', 'times the original pace, 0.01 to 10000')
      .option('--rate <n>', 'messages per second')
      .option('--bytes-rate <size>', 'bytes per second, e.g. 10M')
      .option('--asap', 'as fast as it can')
      .option('--profile <name>', 'made-up pace: rubin-visit, rubin-peak, ess-14hz, or a TOML file')
      .option('--cap <n>', 'never more messages per second than this')
      .option('--jitter <time>', 'move each message by a random time of at most this')
      .option('--seed <n>', 'of the jitter (default: 1)')
      .option('--slip', 'when late, move the schedule instead of catching up')
      .option('--loop <n>', 'passes, or forever')
      .option('--interval <time>', 'from the beginning of a pass to the next')
      .option('--sample <n>', 'only every n-th message')
      .option('--shift <time>', 'move times: now, none, or the time of the first message')
      .option(
        '--shift-embedded <rule>',
        'none, docs, docs:data.NAME, ev44, avro:PATH[@UNIT], json:PATH@UNIT; may repeat',
        collect,
      )
      .option('--renumber <rule>', 'docs, pl72, avro:PATH[:STEP], json:PATH[:STEP]; may repeat', collect)
      .option('--partition <choice>', 'same, key, rr or a number (default: same)')
      .option('--headers <choice>', 'keep, drop, only:a,b or without:a,b (default: keep)')
      .option('--header <pair>', 'add NAME=VALUE; may repeat', collect)
      .option('--mark', 'add the header x-replay')
      .option('--timestamps <choice>', 'original, shifted or now')
      .option('--create', 'create the topics')
      .option('--partitions <n>', 'of created topics')
      .option('--force', 'with --create: delete topics that are there first')
      .option('--acks <n>', '0, 1 or all (default: all)')
      .option('--resume <file>', 'progress file: go on where an interrupted play stopped')
      .option('--dry-run', 'tell what would be played')
      .option('--progress <mode>', 'auto, json or none (default: auto)')
      .action(
        run(async (source: string, options: PlayCommandOptions) =>
          (await import('./stream-play.ts')).streamPlay(source, options),
        ),
      ),
    'beamtime stream play night-1 --prefix test. --create',
    'beamtime stream play night-1 --topic-map alerts=alerts-test --shift now --speed 10',
  )
}

function addReaders(stream: Command, run: RunAction): void {
  withExamples(
    withChoice(stream.command('cat <source>'))
      .description('Write the messages of a recording or topic:NAME.')
      .option('--format <format>', 'json, kcat, raw, avro or doc (default: json)')
      .option('--limit <n>', 'at most so many')
      .action(
        run(async (source: string, options: ChoiceOptions) =>
          (await import('./stream-files.ts')).streamCat(source, options),
        ),
      ),
    'beamtime stream cat night-1 --limit 3',
  )
  withExamples(
    withChoice(stream.command('print <source>'))
      .description('Print a line for each message of a recording or topic:NAME.')
      .option('--limit <n>', 'at most so many')
      .action(
        run(async (source: string, options: ChoiceOptions) =>
          (await import('./stream-files.ts')).streamPrint(source, options),
        ),
      ),
    'beamtime stream print topic:alerts',
  )
  withExamples(
    withStream(stream.command('info <recording>'))
      .description('Show what a recording holds.')
      .action(
        run(async (name: string, options: StreamOptions) =>
          (await import('./stream-files.ts')).streamInfo(name, options),
        ),
      ),
    'beamtime stream info night-1',
  )
  withExamples(
    withStream(stream.command('verify <recording>'))
      .description('Check every batch of a recording; exits with 1 on damage.')
      .option('--repair', 'cut it off at the last good batch')
      .action(
        run(async (name: string, options: StreamOptions & { repair?: boolean }) =>
          (await import('./stream-files.ts')).streamVerify(name, options),
        ),
      ),
    'beamtime stream verify night-1',
  )
}

function addWriters(stream: Command, run: RunAction): void {
  withExamples(
    withChoice(stream.command('cut <source>'))
      .description('Write chosen messages to a new recording.')
      .requiredOption('-o, --output <recording>', 'name or path of the new recording')
      .action(
        run(async (source: string, options: ChoiceOptions & { output: string }) =>
          (await import('./stream-files.ts')).streamCut(source, options),
        ),
      ),
    'beamtime stream cut night-1 -o run-17 --start run:3f2a --stop run:3f2a',
  )
  withExamples(
    withChoice(stream.command('export <source>'))
      .description('Write messages to a file.')
      .requiredOption('-o, --output <file>', 'file, or folder for the format files')
      .option('--format <format>', 'avro, jsonl, docs, files, raw or tar (default: jsonl)')
      .action(
        run(async (source: string, options: ChoiceOptions & { output: string }) =>
          (await import('./stream-files.ts')).streamExport(source, options),
        ),
      ),
    'beamtime stream export night-1 -o night-1.avro --format avro',
  )
  const withImport = (command: Command): Command =>
    withStream(command)
      .requiredOption('--topic <topic>', 'topic of the messages')
      .option('--format <format>', 'avro, jsonl, docs, files or raw (default: by the ending)')
      .option('--time-path <path>', 'field of the time of Avro data, e.g. diaSource.midpointMjdTai')
      .option('--schema-id <n>', 'written before Avro data')
  withExamples(
    withImport(stream.command('import <file...>'))
      .description('Make a recording out of files.')
      .requiredOption('-o, --output <recording>', 'name or path of the new recording')
      .action(
        run(async (paths: string[], options: ImportCommandOptions & { output: string }) =>
          (await import('./stream-files.ts')).streamImport(paths, options),
        ),
      ),
    'beamtime stream import data/rubin_sample.avro -o sample --topic alerts',
  )
  withExamples(
    withImport(stream.command('create <file...>'))
      .description('Preload a topic with the messages of files, each with its own time.')
      .option('--force', 'delete a topic of that name first')
      .action(
        run(async (paths: string[], options: ImportCommandOptions) =>
          (await import('./stream-files.ts')).streamCreate(paths, options),
        ),
      ),
    'beamtime stream create data/rubin_sample.avro --topic alerts-reservoir',
  )
  withExamples(
    withStream(stream.command('serve <recording>'))
      .description('Show a recording as topics, read only, on a broker of its own until Ctrl-C.')
      .option('--as <topic>', 'name of the topic; OLD=NEW, several separated by commas')
      .option('--listen <address>', 'host:port (default: 127.0.0.1 and a free port)')
      .action(
        run(async (name: string, options: ServeCommandOptions) =>
          (await import('./stream-serve.ts')).streamServe(name, options),
        ),
      ),
    'beamtime stream serve night-1 --listen 127.0.0.1:9092',
  )
  withExamples(
    withStream(stream.command('sample [dir]'))
      .description('Make sample files of alerts: rubin_single_ccd_sample.avro and rubin_sample.avro.')
      .action(
        run(async (dir: string | undefined, options: StreamOptions) =>
          (await import('./stream-files.ts')).streamSample(dir ?? 'data', options),
        ),
      ),
    'beamtime stream sample',
  )
}
