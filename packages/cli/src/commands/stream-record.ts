import { parseRecordOptions } from '@beamtime/stream-replay'
import { bytesText, printJson, printLine } from '../print.ts'
import { interruptedExit, streamAction, withReplay } from '../stream/open-stream.ts'
import { progressMode, recordLine, showProgress } from '../stream/progress-display.ts'
import type { RecordCommandOptions } from '../stream/stream-options.ts'

/** Records until something ends it; Ctrl-C leaves a valid recording and exits with 130. */
export function streamRecord(topics: readonly string[], options: RecordCommandOptions): Promise<number> {
  return streamAction(options, () => {
    const { output, progress, ...texts } = options
    const mode = progressMode(progress)
    const wanted = parseRecordOptions({ ...texts, topics })
    return withReplay(options, async (replay) => {
      const recorder = await replay.recorder(output, wanted)
      let isInterrupted = false
      const interrupt = (): void => {
        isInterrupted = true
        recorder.stop()
      }
      process.once('SIGINT', interrupt)
      process.once('SIGTERM', interrupt)
      const end = showProgress(mode, () => recorder.progress(), recordLine)
      try {
        const result = await recorder.run()
        end()
        if (options.json === true) printJson(result)
        else {
          if (result.lost > 0)
            process.stderr.write(`warning: ${result.lost} messages were deleted before they could be read\n`)
          printLine(`recorded ${result.count} messages (${bytesText(result.bytes)}) to ${result.directory}`)
        }
        return isInterrupted ? interruptedExit : 0
      } finally {
        end()
        process.off('SIGINT', interrupt)
        process.off('SIGTERM', interrupt)
      }
    })
  })
}
