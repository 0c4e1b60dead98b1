import type { ReplayActivity, ReplayClient } from '@beamtime/stream-replay/client'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'

const againMs = 2_000

export interface ReplayNews {
  /** Null while the service is away. */
  readonly activity: ReplayActivity | null
}

/** What the replay service is doing, followed while somebody listens. */
export interface ReplayWatch {
  readonly news: ReplayNews
  readonly onNews: Listeners<ReplayNews>['listen']
  close(): void
}

export function watchReplay(client: ReplayClient): ReplayWatch {
  return new Watch(client)
}

class Watch implements ReplayWatch {
  readonly #client: ReplayClient
  readonly #listeners = listeners<ReplayNews>()
  #listening = 0
  #stop: AbortController | null = null
  #timer: NodeJS.Timeout | null = null
  news: ReplayNews = { activity: null }

  constructor(client: ReplayClient) {
    this.#client = client
  }

  readonly onNews: ReplayWatch['onNews'] = (callback) => {
    const end = this.#listeners.listen(callback)
    this.#listening++
    if (this.#listening === 1) this.#follow()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      end()
      this.#listening--
      if (this.#listening === 0) this.close()
    }
  }

  #follow(): void {
    const stop = new AbortController()
    this.#stop = stop
    void this.#client
      .watch(stop.signal, (activity) => this.#tell({ activity }))
      .catch(() => this.#tell({ activity: null })) // told to those who look, and asked again
      .then(() => {
        if (stop.signal.aborted) return
        this.#timer = setTimeout(() => this.#follow(), againMs)
      })
  }

  #tell(news: ReplayNews): void {
    this.news = news
    this.#listeners.emit(news)
  }

  close(): void {
    this.#stop?.abort()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
