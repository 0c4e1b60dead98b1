import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'

/** Steps of a person in a browser: a line each, and the totals at the end. */
export interface BrowserSteps {
  readonly step: (name: string, action: () => Promise<void>) => Promise<void>
  /** Into the folder that was given, if any. */
  readonly picture: (page: Page, name: string) => Promise<void>
  /** Prints the totals and sets the exit code. */
  readonly finish: () => void
}

export function browserSteps(pictures: string): BrowserSteps {
  let passed = 0
  let failed = 0
  return {
    async step(name, action) {
      try {
        await action()
        passed += 1
        console.log(`ok    ${name}`)
      } catch (error) {
        failed += 1
        console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    async picture(page, name) {
      if (pictures === '') return
      mkdirSync(pictures, { recursive: true })
      await page.evaluate(() => document.fonts.ready.then(() => undefined))
      await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', caret: 'hide' })
    },
    finish() {
      console.log(`${passed} passed, ${failed} failed`)
      process.exitCode = failed === 0 ? 0 : 1
    },
  }
}

export function expectEqual(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`got ${a}, expected ${b}`)
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['BEAMTIME_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
