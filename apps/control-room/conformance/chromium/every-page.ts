import type { Page } from 'playwright-core'
import { accessibilityProblems } from './accessibility.ts'
import type { BrowserSteps } from './browser-steps.ts'

export interface EveryPageOptions {
  readonly base: string
  /** Addresses below it. */
  readonly pages: readonly string[]
  readonly picture: BrowserSteps['picture']
}

/** What is wrong with pages on a phone and a desk, in the dark and the light theme: too wide, or not accessible. */
export async function problemsOfPages(
  page: Page,
  { base, pages, picture }: EveryPageOptions,
): Promise<string[]> {
  const found: string[] = []
  for (const scheme of ['dark', 'light'] as const) {
    await page.setViewportSize({ width: 1280, height: 720 })
    await page.goto(`${base}/queue`)
    await page.getByRole('button', { name: /^User menu/ }).click()
    await page.getByRole('menuitem', { name: new RegExp(`^${scheme}`, 'i') }).click()
    await page.waitForTimeout(500)
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 720 })
      for (const path of pages) {
        const name = path.replaceAll(/\W+/g, '-')
        await page.goto(`${base}/${path}`)
        await page.waitForTimeout(900)
        await picture(page, `${name}-${scheme}-${width}`)
        const problems = await accessibilityProblems(page)
        found.push(...problems.map((problem) => `${name} in ${scheme} at ${width}: ${problem}`))
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        if (overflow > 0) found.push(`${name} at ${width} is ${overflow} px too wide`)
      }
    }
  }
  return found
}
