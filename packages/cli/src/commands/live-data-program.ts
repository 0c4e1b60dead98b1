import { Argument, Option, type Command } from 'commander'
import type { DashboardOptions, LiveDataOptions, FakeOptions } from './live-data-run.ts'
import { withExamples, withPlace, type RunAction } from './run-action.ts'

const services = [
  ['monitor-data', 'beam monitors: histograms of arrival times'],
  ['detector-data', 'detectors: images, spectra of regions, counts'],
  ['data-reduction', 'reductions that need several inputs'],
  ['timeseries', 'values of devices and sensors over time'],
] as const

/** The four live-data services, their simulated raw data, and the dashboards. Underscores in the names work too. */
export function addLiveDataCommands(program: Command, run: RunAction): void {
  for (const [kind, what] of services) {
    withExamples(
      serviceOptions(named(program, kind))
        .description(`Reduce live data of ${what}.`)
        .action(
          run(async (options: LiveDataOptions) =>
            (await import('./live-data-run.ts')).runLiveData(kind, options),
          ),
        ),
      `beamtime ${kind} --instrument dummy --dev`,
      `beamtime ${kind} --instrument dummy --sink png --sink-dir /tmp/pictures`,
    )
  }
  addFakes(program, run)
  withExamples(
    instrumentOption(program.command('dashboard'))
      .addArgument(new Argument('<kind>', 'which dashboard').choices(['monitors', 'detectors', 'reduction']))
      .description('Show live data of an instrument in the browser, on a port of its own.')
      .option('--port <port>', 'default: 5007, 5008 and 5009, or livedata.NAME.dashboards')
      .action(
        run(async (kind: string, options: DashboardOptions) =>
          (await import('./live-data-run.ts')).runDashboard(kind, options),
        ),
      ),
    'beamtime dashboard monitors --instrument dummy',
    'LIVEDATA_INSTRUMENT=dummy beamtime dashboard reduction --port 5019',
  )
  withExamples(
    instrumentOption(program.command('live-data'))
      .description('Run all services and fakes of [livedata.NAME] in one process, for demonstrations.')
      .action(
        run(async (options: LiveDataOptions) => (await import('./live-data-run.ts')).runTogether(options)),
      ),
    'beamtime live-data --instrument dummy --profile demo',
  )
}

/** Upstream's modules have underscores in their names. */
function named(program: Command, kind: string): Command {
  const command = program.command(kind)
  const alias = kind.replaceAll('-', '_')
  return alias === kind ? command : command.alias(alias)
}

function instrumentOption(command: Command): Command {
  return withPlace(command)
    .addOption(new Option('--instrument <name>', 'instrument').env('LIVEDATA_INSTRUMENT').default('dummy'))
    .option('--log-level <level>', 'TRACE, DEBUG, INFO, WARNING or ERROR')
    .option('--log-json-file <path>', 'log as JSON to this file too, 10 MB times 5')
    .option('--no-stdout-log', 'nothing on the terminal')
    .option('--check', 'read the configuration and end with 0')
}

function serviceOptions(command: Command): Command {
  return instrumentOption(command)
    .option('--dev', 'simplified raw topics, as the fakes send to')
    .addOption(new Option('--sink <sink>', 'where results go').choices(['kafka', 'png']))
    .option('--sink-dir <dir>', 'folder of the pictures (default: .)')
    .option('--auto-start', 'start the default workflows')
    .option('--no-auto-start', 'start none, also for the instrument dummy')
    .option('--shard <part>', 'this process of several that share the streams, such as 1/2')
    .addOption(
      new Option('--dialect <letter>', 'write results as older services do').choices(['A', 'B', 'C']),
    )
    .addOption(new Option('--scheduler <name>', 'taken for compatibility').hideHelp())
    .addOption(new Option('--job-threads <n>', 'taken for compatibility').hideHelp())
    .addOption(new Option('--batcher <name>', 'taken for compatibility').hideHelp())
    .addOption(new Option('--no-group-by-pixel', 'taken for compatibility').hideHelp())
}

function fakeOptions(command: Command): Command {
  return instrumentOption(command)
    .addOption(new Option('--dev', 'taken for compatibility: fakes always send so').hideHelp())
    .option('--points <n>', 'end after so many pulses or points')
    .option('--start-time <ns>', 'time of the first one, ns since 1970 (default: now)')
}

function eventOptions(command: Command): Command {
  return fakeOptions(command)
    .option('--rate <events>', 'events per pulse of each stream')
    .option('--pulses-per-second <hz>', 'default: 14')
    .option('--seed <n>', 'the same events with the same seed (default: 0)')
    .option('--split <events>', 'most events of a message, as event formation units split a pulse')
    .option('--nexus-file <file>', 'send the events of this NeXus file instead, over and over')
}

function addFakes(program: Command, run: RunAction): void {
  const action = (kind: 'fake-monitors' | 'fake-detectors' | 'fake-logdata') =>
    run(async (options: FakeOptions) => (await import('./live-data-run.ts')).runFake(kind, options))
  withExamples(
    eventOptions(named(program, 'fake-monitors'))
      .description('Send simulated beam monitors.')
      .addOption(
        new Option('--mode <mode>', 'events or histograms').choices(['ev44', 'da00']).makeOptionMandatory(),
      )
      .option('--num-monitors <n>', '1 to 10 (default: 2)')
      .action(action('fake-monitors')),
    'beamtime fake-monitors --mode ev44 --instrument dummy',
  )
  withExamples(
    eventOptions(named(program, 'fake-detectors'))
      .description('Send simulated detectors.')
      .addOption(new Option('--mode <mode>', 'events or images').choices(['ev44', 'ad00']).default('ev44'))
      .action(action('fake-detectors')),
    'beamtime fake-detectors --instrument dummy',
    'beamtime fake-detectors --instrument loki --rate 100000 --split 12400',
    'beamtime fake-detectors --instrument dream --nexus-file run.nxs',
  )
  withExamples(
    fakeOptions(named(program, 'fake-logdata'))
      .description('Send simulated motors and sensors.')
      .option('--points-per-second <hz>', 'default: 1')
      .action(action('fake-logdata')),
    'beamtime fake-logdata --instrument dummy',
  )
}
