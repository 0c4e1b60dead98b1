import { chromium, type Browser, type BrowserServer, type Page } from 'playwright-core'

const loadMs = 60_000

/** A Chromium that shows the dashboard: opened, killed, opened again. */
export class DashboardBrowser {
  readonly #url: string
  readonly #key: () => string
  #server: BrowserServer | null = null
  #page: Page | null = null
  kills = 0
  readonly errors: string[] = []

  constructor(url: string, key: () => string) {
    this.#url = url
    this.#key = key
  }

  async open(): Promise<void> {
    this.#server = await chromium.launchServer({
      executablePath: process.env['BEAMTIME_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    })
    const browser: Browser = await chromium.connect(this.#server.wsEndpoint())
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } })
    page.setDefaultTimeout(loadMs)
    page.on('pageerror', ({ message }) => this.errors.push(message))
    await page.goto(new URL('/login', this.#url).href)
    await page.evaluate(async (api_key) => {
      const body = JSON.stringify({ api_key })
      await fetch('/api/ui/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    }, this.#key())
    await page.goto(this.#url)
    this.#page = page
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.kills += 1
    const child = this.#server?.process()
    this.#page = null
    this.#server = null
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** Counts of the picture as the page says them, to the last event; null while it shows none. */
  async shownCounts(): Promise<number | null> {
    const cell = this.#page?.locator('section[aria-label^="panel_0, Panel 0 ·"] .output-counts')
    if (cell === undefined || (await cell.count()) === 0) return null
    const text = await cell.first().getAttribute('title')
    return text === null ? null : Number(text.replaceAll(/\D/g, ''))
  }

  async picture(path: string): Promise<void> {
    await this.#page?.screenshot({ path })
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }
}
