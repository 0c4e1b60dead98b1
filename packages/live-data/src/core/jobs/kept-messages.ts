import type { StreamMessage } from '../stream-message.ts'

/**
 * The messages of the open window, so that a job that starts or is reset in it sees the window whole, as all others
 * do. Beyond the bound the oldest are forgotten: such a job then begins with a part of the window.
 */
export class KeptMessages {
  private readonly maxBytes: number
  private messages: StreamMessage[] = []
  private bytes = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  add(message: StreamMessage): void {
    this.messages.push(message)
    this.bytes += message.sizeBytes
    if (this.bytes <= this.maxBytes) return
    let forgotten = 0
    while (this.bytes > this.maxBytes / 2) {
      this.bytes -= this.messages[forgotten]?.sizeBytes ?? this.bytes
      forgotten += 1
    }
    this.messages.splice(0, forgotten)
  }

  of(isWanted: (stream: string) => boolean): readonly StreamMessage[] {
    return this.messages.filter(({ stream }) => isWanted(stream))
  }

  clear(): void {
    this.messages = []
    this.bytes = 0
  }
}
