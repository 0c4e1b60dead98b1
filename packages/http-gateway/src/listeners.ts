/** A list of callbacks for one kind of news. */
export interface Listeners<T> {
  emit(news: T): void
  /** Adds a callback; the returned function takes it away. */
  listen(callback: (news: T) => void): () => void
}

export function listeners<T>(): Listeners<T> {
  const callbacks = new Set<(news: T) => void>()
  return {
    emit(news) {
      for (const callback of callbacks) callback(news)
    },
    listen(callback) {
      callbacks.add(callback)
      return () => {
        callbacks.delete(callback)
      }
    },
  }
}
