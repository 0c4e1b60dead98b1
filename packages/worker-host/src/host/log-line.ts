export type LogLetter = 'I' | 'W' | 'E'

/** Says something on the console as the queue server's worker logs it. */
export type WorkerVoice = (letter: LogLetter, text: string) => void

const shown: Readonly<Record<string, readonly LogLetter[]>> = { warn: ['W', 'E'], error: ['E'], silent: [] }

/** `level` as of the worker spec; at debug level module and line stand behind the logger's name. */
export function workerVoice(level: string, print: (text: string) => void): WorkerVoice {
  const letters = shown[level] ?? ['I', 'W', 'E']
  return (letter, text) => {
    if (letters.includes(letter)) print(queueServerLine({ letter, text, withModule: level === 'debug' }))
  }
}

interface Line {
  readonly letter: LogLetter
  readonly text: string
  readonly withModule: boolean
}

/** Clients cut the prefix up to `]`. Local time. */
export function queueServerLine({ letter, text, withModule }: Line, now = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const clock = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
  const ms = String(now.getMilliseconds()).padStart(3, '0')
  const place = withModule ? ' worker:1' : ''
  return `[${letter} ${day} ${clock},${ms} bluesky_queueserver.manager.worker${place}] ${text}\n`
}
