import { Option, type Command } from 'commander'
import { withExamples, withPlace, type PlaceOptions, type RunAction } from './run-action.ts'

/** The services, each in the foreground exactly as the supervisor and systemd run it. */
export function addServiceCommands(program: Command, run: RunAction): void {
  withExamples(
    withPlace(program.command('broker'))
      .description('Run the embedded Kafka broker in the foreground.')
      .addOption(new Option('--while-used', 'end when no live-data command uses it').hideHelp())
      .action(
        run(async (options: PlaceOptions & { readonly whileUsed?: boolean }) => {
          const [{ runAsService }, { brokerService, brokerWhileUsed }] = await Promise.all([
            import('../services/run-as-service.ts'),
            import('../services/broker-service.ts'),
          ])
          return runAsService(options.whileUsed === true ? brokerWhileUsed : brokerService, options)
        }),
      ),
    'beamtime broker --data /data/25idc',
  )
  withExamples(
    withPlace(program.command('store'))
      .description('Run the document store in the foreground.')
      .action(
        run(async (options: PlaceOptions) => {
          const [{ runAsService }, { storeService }] = await Promise.all([
            import('../services/run-as-service.ts'),
            import('../services/store-service.ts'),
          ])
          return runAsService(storeService, options)
        }),
      ),
    'beamtime store --config /etc/beamtime/config.toml',
  )
  withExamples(
    withPlace(program.command('replay'))
      .description('Run the service that records and plays streams in the foreground.')
      .action(
        run(async (options: PlaceOptions) => {
          const [{ runAsService }, { replayService }] = await Promise.all([
            import('../services/run-as-service.ts'),
            import('../services/replay-service.ts'),
          ])
          return runAsService(replayService, options)
        }),
      ),
    'beamtime replay',
  )
  withExamples(
    withPlace(program.command('manager <queue>'))
      .description('Run the manager of one queue in the foreground.')
      .action(
        run(async (queue: string, options: PlaceOptions) => {
          const [{ runAsService }, { managerService }] = await Promise.all([
            import('../services/run-as-service.ts'),
            import('../services/manager-service.ts'),
          ])
          return runAsService(managerService(queue), options)
        }),
      ),
    'beamtime manager main',
  )
  withExamples(
    withPlace(program.command('gateway'))
      .description('Run the HTTP gateway with the control room in the foreground.')
      .action(
        run(async (options: PlaceOptions) => {
          const [{ runAsService }, { gatewayService }] = await Promise.all([
            import('../services/run-as-service.ts'),
            import('../services/gateway-service.ts'),
          ])
          return runAsService(gatewayService, options)
        }),
      ),
    'beamtime gateway',
  )
}
