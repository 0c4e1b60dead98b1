import { DaqError } from '../error.ts'

/** What our own routes answer, by path. */
interface Answers {
  '/plan/describe': { readonly detector: string; readonly shape: readonly number[]; readonly dtype: string }
  '/plan/arm': { readonly path: string; readonly dataset: string }
  '/plan/trigger': { readonly written: number }
  '/plan/disarm': object
}

/** Calls a DAQ service. Rejects with DAQ_UNREACHABLE or DAQ_REQUEST_REFUSED. */
export async function daqRequest<P extends keyof Answers>(
  url: string,
  request: {
    readonly path: P
    readonly body?: Readonly<Record<string, unknown>>
    readonly timeoutMs: number
  },
): Promise<Answers[P]> {
  const { path, body } = request
  let answer: Readonly<Record<string, unknown>>
  try {
    const response = await fetch(new URL(path, url), {
      method: body === undefined ? 'GET' : 'POST',
      signal: AbortSignal.timeout(request.timeoutMs),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    answer = (await response.json()) as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw new DaqError({
      code: 'DAQ_UNREACHABLE',
      message: `the DAQ service at ${url} does not answer ${path}`,
      fault: 'environment',
      remedy: 'Start it (beamtime daq run NAME) or correct its address.',
      canRetry: true,
      cause,
    })
  }
  // Our own service answers with the fields of its route or with a reason.
  if (answer['status'] === 'ok') return answer as unknown as Answers[P]
  throw new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message: typeof answer['message'] === 'string' ? answer['message'] : `${path} was refused`,
    fault: 'caller',
    remedy: 'See the state of the writer with beamtime daq status.',
  })
}
