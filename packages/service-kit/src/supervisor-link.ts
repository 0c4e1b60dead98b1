/** What a service tells the process that supervises it, over Node's IPC channel. */
export type SupervisorMessage =
  | { readonly kind: 'ready'; readonly endpoints: readonly { readonly name: string; readonly url: string }[] }
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed'; readonly exitCode: number; readonly message: string; readonly remedy: string }

export interface SupervisorLink {
  readonly isSupervised: boolean
  send(message: SupervisorMessage): Promise<void>
  /** Calls back once when the supervisor is gone. */
  onGone(callback: () => void): void
}

/** The link to a supervising parent; says nothing where there is none. */
export function supervisorLink(): SupervisorLink {
  const isSupervised = process.send !== undefined
  return {
    isSupervised,
    send: (message) =>
      new Promise((resolve) => {
        if (process.send === undefined || !process.connected) resolve()
        else process.send(message, () => resolve()) // an error means that the supervisor is gone, which onGone tells
      }),
    onGone(callback) {
      if (!isSupervised) return
      if (process.connected) process.once('disconnect', callback)
      else callback()
    },
  }
}
