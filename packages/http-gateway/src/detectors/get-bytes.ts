import { Agent, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

export interface BytesAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** An image of its own buffer, from offset 0. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

const agent = new Agent({ keepAlive: true })

/**
 * GET whose body goes at once where it stays: half the processor time of fetch for an image of 8 MB. Rejects when the service does not
 * answer in time, breaks off, or sends more than `maxBytes`.
 */
export async function getBytes(
  url: string,
  { withinMs, maxBytes }: { readonly withinMs: number; readonly maxBytes: number },
): Promise<BytesAnswer> {
  return await new Promise((resolve, reject) => {
    const request = get(url, { agent, signal: AbortSignal.timeout(withinMs) }, (answer) => {
      readBody(answer, maxBytes).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes }),
        (error: unknown) => {
          request.destroy()
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })
    request.once('error', reject)
  })
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const told = Number(answer.headers['content-length'])
  if (told > maxBytes) throw new Error('The image is too large.')
  let body = new Uint8Array(Number.isSafeInteger(told) ? told : 0)
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (length + chunk.length > maxBytes) throw new Error('The image is too large.')
    if (length + chunk.length > body.length) {
      const larger = new Uint8Array(Math.min(maxBytes, Math.max(body.length * 2, length + chunk.length)))
      larger.set(body.subarray(0, length))
      body = larger
    }
    body.set(chunk, length)
    length += chunk.length
  }
  return length === body.length ? body : body.slice(0, length)
}
