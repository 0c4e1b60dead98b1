import { StringDecoder } from 'node:string_decoder'

export interface ConsoleCapture {
  /** Puts the streams back. */
  close(): void
}

type Write = NodeJS.WriteStream['write']

/** Everything that is written to standard output and standard error of this process is told as it comes, one call a
 * write, and still goes where it went. `console.*` ends in the same streams. */
export function captureConsole(onText: (text: string) => void): ConsoleCapture {
  const restore = [process.stdout, process.stderr].map((stream) => captureStream(stream, onText))
  return {
    close() {
      for (const put of restore) put()
    },
  }
}

function captureStream(stream: NodeJS.WriteStream, onText: (text: string) => void): () => void {
  const original = Reflect.get(stream, 'write') as Write
  const decoder = new StringDecoder('utf8')
  const captured = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))
    if (text !== '') onText(text)
    return Reflect.apply(original, stream, [chunk, ...rest]) as boolean
  }
  // Nobody may be reading any more: the manager that started this process may be gone.
  const ignore = (): void => undefined
  stream.on('error', ignore)
  stream.write = captured as Write
  return () => {
    stream.write = original
    stream.removeListener('error', ignore)
  }
}
