import { planPlay, playOptionsOf, type PlayPlan, type PlayResult, type Replay } from '@beamtime/stream-replay'
import { bytesText, durationText, printJson, printLine } from '../print.ts'
import { interruptedExit, streamAction, withRecordings, withReplay } from '../stream/open-stream.ts'
import { playLine, progressMode, showProgress } from '../stream/progress-display.ts'
import type { PlayCommandOptions } from '../stream/stream-options.ts'

/** Plays a recording or a topic. Exit code 0 only if everything that was read is acknowledged. */
export function streamPlay(source: string, options: PlayCommandOptions): Promise<number> {
  const { profile: _pace, ...place } = options
  return streamAction(place, () => {
    const mode = progressMode(options.progress)
    const play = playOptionsOf({ ...options, source })
    if (options.dryRun === true)
      return withRecordings(place, source, async (replay) => {
        const opened = await replay.source(source)
        try {
          printPlan(await planPlay(opened, play), options.json === true)
          return 0
        } finally {
          await opened.close()
        }
      })
    return withReplay(place, (replay) => runPlay(replay, { source, play, mode, json: options.json === true }))
  })
}

async function runPlay(
  replay: Replay,
  what: {
    readonly source: string
    readonly play: ReturnType<typeof playOptionsOf>
    readonly mode: ReturnType<typeof progressMode>
    readonly json: boolean
  },
): Promise<number> {
  const source = await replay.source(what.source)
  const player = replay.player(source, what.play)
  let isInterrupted = false
  const interrupt = (): void => {
    isInterrupted = true
    player.stop()
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const end = showProgress(what.mode, () => player.progress(), playLine)
  try {
    const result = await player.run()
    end()
    printResult(result, what.json)
    return isInterrupted ? interruptedExit : 0
  } finally {
    end()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    await source.close()
  }
}

function printResult(result: PlayResult, json: boolean): void {
  if (json) return printJson(result)
  for (const warning of result.warnings) process.stderr.write(`warning: ${warning}\n`)
  const seconds = result.durationMs / 1_000
  const rate = seconds > 0 ? result.acked / seconds : 0
  printLine(
    `played ${result.acked} messages (${bytesText(result.bytes)}) in ${seconds.toFixed(2)} s, ${rate.toFixed(0)}/s, late p50 ${result.lateness.p50Ms} ms p99 ${result.lateness.p99Ms} ms`,
  )
}

function printPlan(plan: PlayPlan, json: boolean): void {
  if (json) return printJson(plan)
  for (const { from, to, partitions } of plan.topics) printLine(`${from} -> ${to} (${partitions} partitions)`)
  printLine(`${plan.messages} of ${plan.total} messages, ${bytesText(plan.bytes)}`)
  if (plan.first !== null) printLine(`${plan.first} to ${plan.last}`)
  const length = plan.passSeconds === null ? 'as fast as it can' : durationText(plan.passSeconds)
  printLine(`one pass: ${length}; passes: ${plan.passes ?? 'for ever'}`)
}
