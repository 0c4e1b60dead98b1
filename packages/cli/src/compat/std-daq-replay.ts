import { defaultStreamPlace, parseDetectorConfig, replayPrograms } from '@beamtime/detector-daq/replay'
import { readJsonFile, readProgram, untilStopped, type StdDaqProgram } from './std-daq-program.ts'

/** A program of the replay buffer by its name; runs until a signal. */
export function replayProgram(name: string): StdDaqProgram | undefined {
  const program = replayPrograms[name]
  if (program === undefined) return undefined
  return async (args) => {
    const parsed = readProgram(program.table, args)
    if (parsed === undefined) return 0
    const { words, values } = parsed
    const { stopped } = untilStopped()
    const running = await program.start({
      config: parseDetectorConfig(readJsonFile(words[0] ?? '')),
      words,
      values,
      place: defaultStreamPlace,
      log: (event, fields) => process.stderr.write(`${JSON.stringify({ event, ...fields })}\n`),
    })
    await Promise.race([stopped, running.ended])
    await running.close()
    return 0
  }
}
