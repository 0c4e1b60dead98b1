import { logLevels } from '@beamtime/service-kit'
import { CliError } from '../error.ts'
import { openRotatingLog } from '../supervisor/rotating-log.ts'

/** Switches of upstream's services for their log. */
export interface LogOptions {
  readonly logLevel?: string
  readonly logJsonFile?: string
  /** False with --no-stdout-log. */
  readonly stdoutLog?: boolean
}

const megabyte = 1_048_576

/**
 * Makes the log of this process what the switches say, before the configuration is read. Gives who takes its lines;
 * nothing for standard error.
 */
export function applyLogOptions({ logLevel, logJsonFile, stdoutLog = true }: LogOptions): {
  readonly writeLog?: (line: string) => void
} {
  if (logLevel !== undefined) process.env['BEAMTIME__LOG__LEVEL'] = levelOf(logLevel)
  if (logJsonFile === undefined && stdoutLog) return {}
  if (logJsonFile !== undefined) process.env['BEAMTIME__LOG__FORMAT'] = 'json'
  const file =
    logJsonFile === undefined
      ? null
      : openRotatingLog({ path: logJsonFile, maxBytes: 10 * megabyte, keep: 5 })
  return {
    writeLog(line) {
      file?.write(Buffer.from(line))
      if (stdoutLog) process.stderr.write(line)
    },
  }
}

function levelOf(text: string): string {
  const level = text.toLowerCase().replace('warning', 'warn').replace('critical', 'error')
  if ((logLevels as readonly string[]).includes(level)) return level
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--log-level ${text}: not known`,
    remedy: 'choose TRACE, DEBUG, INFO, WARNING or ERROR',
  })
}
