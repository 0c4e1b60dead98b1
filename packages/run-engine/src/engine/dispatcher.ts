import { isDocumentName, type DocumentName, type NamedDocument } from '@beamtime/event-model'
import { badMessage, toError } from '../error.ts'

/** Hears documents in the order of emission. `doc` must not be changed. */
export type DocumentCallback = (name: DocumentName, doc: NamedDocument[1]) => unknown

export interface SubscribeOptions {
  /** An error of a critical subscriber fails the run; of any other it is only reported. Default false. */
  readonly critical?: boolean
}

/** Functions by document name, or one function or list for all. */
export type Subscriptions =
  | DocumentCallback
  | readonly DocumentCallback[]
  | Readonly<Partial<Record<DocumentName | 'all', DocumentCallback | readonly DocumentCallback[]>>>

interface Subscriber {
  readonly token: number
  readonly callback: DocumentCallback
  readonly name: DocumentName | 'all'
  readonly critical: boolean
}

/** Hands each document to its subscribers, in the order in which they subscribed. */
export class Dispatcher {
  #subscribers: readonly Subscriber[] = []
  /** Without those that would hear a document a second time through the same function and name. */
  #distinct: readonly Subscriber[] = []
  #nextToken = 0
  readonly #onError: (error: unknown, callback: DocumentCallback) => void

  constructor(onError: (error: unknown, callback: DocumentCallback) => void) {
    this.#onError = onError
  }

  /** The same function subscribed twice to the same name is called once; each token must be given back. */
  subscribe(callback: DocumentCallback, name: string, options: SubscribeOptions = {}): number {
    if (name !== 'all' && !isDocumentName(name)) throw badMessage(`'${name}' is not the name of a document`)
    const token = this.#nextToken++
    const critical = options.critical ?? false
    this.#keep([...this.#subscribers, { token, callback, name, critical }])
    return token
  }

  unsubscribe(token: number): void {
    this.#keep(this.#subscribers.filter((subscriber) => subscriber.token !== token))
  }

  clear(): void {
    this.#keep([])
  }

  /** Hands the document to every subscriber; then throws what the first failing critical one threw. */
  emit(name: DocumentName, doc: NamedDocument[1]): void {
    let failure: Error | null = null
    for (const subscriber of this.#distinct) {
      if (subscriber.name !== 'all' && subscriber.name !== name) continue
      try {
        this.#call(subscriber, name, doc)
      } catch (error) {
        failure ??= toError(error)
      }
    }
    if (failure !== null) throw failure
  }

  #keep(subscribers: readonly Subscriber[]): void {
    this.#subscribers = subscribers
    this.#distinct = subscribers.filter(
      (subscriber, index) =>
        subscribers.findIndex(
          (other) => other.callback === subscriber.callback && other.name === subscriber.name,
        ) === index,
    )
  }

  #call(subscriber: Subscriber, name: DocumentName, doc: NamedDocument[1]): void {
    try {
      const result = subscriber.callback(name, doc)
      if (result instanceof Promise) result.catch((error) => this.#onError(error, subscriber.callback))
    } catch (error) {
      if (subscriber.critical) throw error
      this.#onError(error, subscriber.callback)
    }
  }
}

/** Subscriptions as a list of (name, function). */
export function subscriptionPairs(subs: Subscriptions): readonly (readonly [string, DocumentCallback])[] {
  if (typeof subs === 'function') return [['all', subs]]
  if (Array.isArray(subs)) return subs.map((callback: DocumentCallback) => ['all', callback] as const)
  return Object.entries(subs).flatMap(([name, value]) => {
    const callbacks: readonly DocumentCallback[] = typeof value === 'function' ? [value] : (value ?? [])
    return callbacks.map((callback) => [name, callback] as const)
  })
}
