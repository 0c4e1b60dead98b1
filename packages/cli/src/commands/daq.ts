import type { Command } from 'commander'
import type { DaqCallOptions, SimulateOptions, WriteOptions } from '../daq/daq-options.ts'
import type { NewServiceOptions } from '../daq/daq-service.ts'
import { withExamples, withPlace, type PlaceOptions, type RunAction } from './run-action.ts'

/** daq run, status, write, stop, config, recover, simulate. */
export function addDaqCommands(program: Command, run: RunAction): void {
  const daq = program
    .command('daq')
    .description('Receive detectors, write their images, simulate them; run services of the standard DAQ.')
    .enablePositionalOptions()
  const reachable = (command: Command): Command =>
    withPlace(command)
      .option('-b, --url <url>', 'REST address of the detector (default: daq.NAME.rest)')
      .option('--json', 'print as JSON')
  for (const name of ['run', 'serve']) {
    withExamples(
      withPlace(daq.command(`${name} <detector>`, { hidden: name === 'serve' }))
        .description('Run the acquisition of one detector in the foreground.')
        .action(
          run(async (detector: string, options: PlaceOptions) => {
            const [{ runAsService }, { daqService }] = await Promise.all([
              import('../services/run-as-service.ts'),
              import('../services/daq-service.ts'),
            ])
            return runAsService(daqService(detector), options)
          }),
        ),
      `beamtime daq ${name} eiger`,
    )
  }
  withExamples(
    reachable(daq.command('status <detector>'))
      .description('Show rates, losses and the writer of a detector.')
      .action(
        run(async (detector: string, options: DaqCallOptions) =>
          (await import('../daq/daq-status.ts')).daqStatus(detector, options),
        ),
      ),
    'beamtime daq status jungfrau',
  )
  withExamples(
    reachable(daq.command('write <detector> <file>'))
      .option('-n, --images <n>', 'images to write (default: 1)')
      .description('Write so many images to a new file and wait for the end.')
      .option('--async', 'return as soon as the file is there')
      .action(
        run(async (detector: string, file: string, options: WriteOptions) =>
          (await import('../daq/daq-write.ts')).daqWrite(detector, { ...options, file }),
        ),
      ),
    'beamtime daq write jungfrau /data/run1.h5 -n 100',
  )
  withExamples(
    reachable(daq.command('stop <detector>'))
      .description('End the file that is written.')
      .action(
        run(async (detector: string, options: DaqCallOptions) =>
          (await import('../daq/daq-write.ts')).daqStop(detector, options),
        ),
      ),
    'beamtime daq stop jungfrau',
  )
  withExamples(
    reachable(daq.command('config <detector> [file]'))
      .description(
        'Print the configuration of a detector, or change parts of it from a JSON file. `config push FOLDER` puts every NAME.json of a folder into Redis as config.NAME.',
      )
      .option('--redis <address>', 'with push: HOST:PORT of Redis (default: $REDIS_HOST, $REDIS_PORT)')
      .action(
        run(
          async (
            detector: string,
            file: string | undefined,
            options: DaqCallOptions & { redis?: string },
          ) => {
            if (detector === 'push' && file !== undefined)
              return (await import('../daq/config-push.ts')).daqConfigPush(file, options)
            return (await import('../daq/daq-config.ts')).daqConfigCommand(detector, { ...options, file })
          },
        ),
      ),
    'beamtime daq config eiger',
    'beamtime daq config eiger changes.json',
    'beamtime daq config push redis_configs',
  )
  addServiceCommands(daq, run)
  withExamples(
    daq
      .command('recover <file> [target]')
      .description('Make a whole file of one that was written when its machine went down (needs FILE.idx).')
      .option('--json', 'print as JSON')
      .action(
        run(async (file: string, target: string | undefined, options: { readonly json?: boolean }) =>
          (await import('../daq/daq-recover.ts')).daqRecover(file, { ...options, target }),
        ),
      ),
    'beamtime daq recover /data/run1.h5',
  )
  withExamples(
    withPlace(daq.command('simulate <detector>'))
      .description('Send the packets of a simulated detector, with faults if wanted.')
      .option('--host <address>', 'where to (default: 127.0.0.1)')
      .option('--rate <hz>', 'images a second (default: 10)')
      .option('-n, --images <n>', 'images to send (default: until it is stopped)')
      .option('--first <id>', 'id of the first image (default: 1)')
      .option('--pattern <name>', 'spot or ramp')
      .option('--drop <fraction>', 'packets that are not sent')
      .option('--dup <fraction>', 'packets that are sent twice')
      .option('--reorder <fraction>', 'packets that change places')
      .option('--late <fraction>', 'packets that come eight images later')
      .option('--gap <fraction>', 'images that are not sent')
      .option('--seed <n>', 'of the faults (default: 1)')
      .action(
        run(async (detector: string, options: SimulateOptions) =>
          (await import('../daq/daq-simulate.ts')).daqSimulate(detector, options),
        ),
      ),
    'beamtime daq simulate eiger --rate 100 -n 1000 --drop 0.001 --reorder 0.01',
  )
}

/** daq service, daq container. */
function addServiceCommands(daq: Command, run: RunAction): void {
  withExamples(
    daq
      .command('service <name> [args...]')
      .description(
        'Run a service: buffer, writer, validator, writer_agent, noop, or `run FILE` for one of your own. `service new NAME` writes one.',
      )
      .option('--kind <kind>', 'with new: background, primary or postprocessing (default: primary)')
      .option('--primary <name>', 'with new: the service that a postprocessing service follows')
      .passThroughOptions()
      .allowUnknownOption()
      .action(
        run(async (name: string, args: string[], options: NewServiceOptions) => {
          const { daqServiceNew, daqServiceRun } = await import('../daq/daq-service.ts')
          return name === 'new' ? daqServiceNew(args, options) : daqServiceRun(name, args)
        }),
      ),
    'beamtime daq service new lab.beamline.reduce --kind postprocessing --primary lab.beamline.writer',
    'beamtime daq service run ./service.ts --service_name lab.beamline.reduce',
    'beamtime daq service buffer --service_name lab.buffer --json_config_file config.json',
  )
  withExamples(
    daq
      .command('container [command...]')
      .description(
        'The entry of the service image: fetch config.json, keep the status in Redis, run the command.',
      )
      .passThroughOptions()
      .allowUnknownOption()
      .action(
        run(async (command: string[]) => (await import('../daq/daq-service.ts')).daqContainer(command)),
      ),
    'beamtime daq container buffer',
  )
}
