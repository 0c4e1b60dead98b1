import type { PlayProgress, RecordProgress } from '@beamtime/stream-replay'
import { CliError } from '../error.ts'
import { bytesText, durationText } from '../print.ts'

const intervalMs = 250

export type ProgressMode = 'auto' | 'json' | 'none'

export function progressMode(given: string | undefined): ProgressMode {
  if (given === undefined || given === 'auto') return 'auto'
  if (given === 'json' || given === 'none') return given
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--progress ${given} is unknown`,
    remedy: 'give auto, json or none',
  })
}

/** Shows progress on standard error four times a second: a line that is drawn over on a terminal, or JSON lines. Returns what ends it. */
export function showProgress<T>(
  mode: ProgressMode,
  read: () => T,
  lineOf: (progress: T) => string,
): () => void {
  const isTerminal = process.stderr.isTTY
  if (mode === 'none' || (mode === 'auto' && !isTerminal)) return () => undefined
  const draw = (): void => {
    const progress = read()
    if (mode === 'json') process.stderr.write(`${JSON.stringify(progress)}\n`)
    else {
      // A terminal that does not know its width has 0 columns.
      const width = Math.max(20, (process.stderr.columns || 80) - 1)
      process.stderr.write(`\r\u001b[2K${lineOf(progress).slice(0, width)}`)
    }
  }
  const timer = setInterval(draw, intervalMs)
  return () => {
    clearInterval(timer)
    if (mode === 'json') draw()
    else process.stderr.write('\r\u001b[2K')
  }
}

export function playLine({ state, position, rate, lag, queue, etaMs, groups }: PlayProgress): string {
  const share = position.pct === null ? '' : ` ${position.pct.toFixed(0)} %`
  const eta = etaMs === null ? '' : `  ${durationText(etaMs / 1_000)} left`
  const behind = groups.map(({ group, lag: messages }) => `  ${group} ${messages} behind`).join('')
  return `${state}  ${position.n}${share}  ${rate.msg.toFixed(0)}/s ${bytesText(rate.bytes)}/s  lag ${lag.maxMs.toFixed(1)} ms  queue ${queue}${eta}${behind}`
}

export function recordLine({ count, bytes, rate, behind }: RecordProgress): string {
  return `recording  ${count} messages  ${bytesText(bytes)}  ${rate.msg.toFixed(0)}/s ${bytesText(rate.bytes)}/s  ${behind} to come`
}
