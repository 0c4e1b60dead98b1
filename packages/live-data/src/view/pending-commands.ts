import type { LiveAnswer, LiveCommandResult } from '../ui-types.ts'

export const answerMs = 30_000

interface Pending {
  readonly id: string
  readonly jobNumber: string | null
  readonly expected: number
  readonly answers: LiveAnswer[]
  readonly untilMs: number
}

/** Commands that wait for their answers. */
export class PendingCommands {
  private readonly pending = new Map<string, Pending>()

  add(command: {
    readonly id: string
    readonly jobNumber: string | null
    readonly expected: number
    readonly nowMs: number
  }): void {
    const { nowMs, ...rest } = command
    this.pending.set(command.id, { ...rest, answers: [], untilMs: nowMs + answerMs })
  }

  /** The result, when the answer was the last that was missing. */
  answer(answer: LiveAnswer): LiveCommandResult | null {
    const pending = this.pending.get(answer.messageId)
    if (pending === undefined) return null
    pending.answers.push(answer)
    if (pending.answers.length < pending.expected) return null
    this.pending.delete(pending.id)
    return resultOf(pending, false)
  }

  /** Those for which nobody answers any more. */
  timedOut(nowMs: number): readonly LiveCommandResult[] {
    const late = [...this.pending.values()].filter(({ untilMs }) => nowMs >= untilMs)
    for (const { id } of late) this.pending.delete(id)
    return late.map((pending) => resultOf(pending, true))
  }
}

function resultOf({ id, jobNumber, expected, answers }: Pending, isTimedOut: boolean): LiveCommandResult {
  return { messageId: id, jobNumber, expected, answers, isTimedOut }
}

/** An answer as services write it; null for what is none. */
export function answerOf(value: Uint8Array): LiveAnswer | null {
  try {
    const raw = JSON.parse(new TextDecoder().decode(value)) as Readonly<Record<string, unknown>>
    const { message_id: messageId, device, response, message } = raw
    if (typeof messageId !== 'string' || (response !== 'ACK' && response !== 'ERR')) return null
    return {
      messageId,
      device: typeof device === 'string' ? device : '',
      ok: response === 'ACK',
      message: typeof message === 'string' ? message : null,
    }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}
