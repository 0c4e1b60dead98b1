import type { Command } from 'commander'
import type { DaqCallOptions, SimulateOptions, WriteOptions } from '../daq/daq-options.ts'
import { withExamples, withPlace, type PlaceOptions, type RunAction } from './run-action.ts'

/** daq run, status, write, stop, config, simulate. */
export function addDaqCommands(program: Command, run: RunAction): void {
  const daq = program.command('daq').description('Receive detectors, write their images, simulate them.')
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
      .description('Print the configuration of a detector, or change parts of it from a JSON file.')
      .action(
        run(async (detector: string, file: string | undefined, options: DaqCallOptions) =>
          (await import('../daq/daq-config.ts')).daqConfigCommand(detector, { ...options, file }),
        ),
      ),
    'beamtime daq config eiger',
    'beamtime daq config eiger changes.json',
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
