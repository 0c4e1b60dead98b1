import { flushCompileCache } from 'node:module'
import { reportFailure } from './std-daq-error.ts'
import type { StdDaqProgram } from './std-daq-program.ts'

/* Programs of the standard DAQ by their names there; each is loaded when it runs. */

const lazy =
  (load: () => Promise<StdDaqProgram | undefined>): StdDaqProgram =>
  async (args, env) => {
    const program = await load()
    if (program === undefined) throw new Error('the program is not there')
    return await program(args, env)
  }

function client(name: string): StdDaqProgram {
  return lazy(async () => (await import('./std-daq-clients.ts')).clientPrograms[name])
}

function server(name: string): StdDaqProgram {
  return lazy(async () => (await import('./std-daq-server.ts')).serverPrograms[name])
}

function replay(name: string): StdDaqProgram {
  return lazy(async () => (await import('./std-daq-replay.ts')).replayProgram(name))
}

const clientNames = [
  'std_cli_get_status',
  'std_cli_get_config',
  'std_cli_set_config',
  'std_cli_get_logs',
  'std_cli_get_stats',
  'std_cli_get_deploy_status',
  'std_cli_write_async',
  'std_cli_write_sync',
  'std_cli_write_stop',
] as const

const serverNames = [
  'std_daq_rest',
  'std_daq_config_deployer',
  'std_daq_udp_simulator',
  'std_daq_file_validator',
] as const

const stageNames = [
  'std_udp_recv_jf',
  'std_udp_recv_eg',
  'std_udp_recv_gf',
  'std_data_convert',
  'std_data_convert_jf',
  'std_data_convert_eg',
  'std_data_convert_gf',
  'std_data_sync',
  'std_data_sync_module',
  'std_assembler',
  'std_data_sync_stream',
  'std_data_sync_metadata',
  'std_metadata_stream',
  'std_data_compress_h5bitshuffle_lz4',
  'std_data_compress_blosc2',
  'std_gf_filter',
  'std_delay_filter',
  'std_live_stream',
  'std_stream_send',
  'std_stream_receive',
  'std_stream_recv',
  'std_det_driver',
  'std_det_writer',
  'std_h5_writer',
] as const

function stage(name: string): StdDaqProgram {
  return lazy(async () => (await import('./std-daq-stages.ts')).stagePrograms[name])
}

const programs: Readonly<Record<string, StdDaqProgram>> = {
  std_daq_request: lazy(async () => (await import('./std-daq-broker.ts')).request),
  std_daq_monitor: lazy(async () => (await import('./std-daq-broker.ts')).monitor),
  std_daq_current_pulse_id: lazy(async () => (await import('./std-daq-broker.ts')).currentPulseId),
  ...Object.fromEntries(clientNames.map((name) => [name, client(name)])),
  ...Object.fromEntries(serverNames.map((name) => [name, server(name)])),
  std_buffer_writer: replay('std_buffer_writer'),
  std_buffer_reader: replay('std_buffer_reader'),
  std_buffer_driver: replay('std_buffer_driver'),
  ...Object.fromEntries(stageNames.map((name) => [name, stage(name)])),
  container: lazy(async () => {
    const { containerEntry } = await import('./std-daq-container.ts')
    return (args, env) => containerEntry(args, { folder: process.cwd(), env, find: (name) => programs[name] })
  }),
}

/** Names under which the programs are installed. */
export const stdDaqNames: readonly string[] = Object.keys(programs).filter((name) => name !== 'container')

/** Runs a program by its name; gives its exit code. */
export async function runStdDaq(name: string, args: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  setTimeout(() => flushCompileCache(), 3_000).unref()
  const program = programs[name]
  if (program === undefined) {
    process.stderr.write(`${name}: no such program; there are ${stdDaqNames.join(', ')}\n`)
    return 2
  }
  try {
    return await program(args, process.env)
  } catch (error) {
    return reportFailure(name, error)
  }
}
