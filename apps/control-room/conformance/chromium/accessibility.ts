import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[]
  }[]
}

/** Findings that are meant, each with its reason. */
const exceptions: readonly { readonly rule: string; readonly selector: RegExp; readonly reason: string }[] = [
  {
    rule: 'target-size',
    selector: /^button\[aria-label=.* runs?/,
    reason: 'since: and until: of the search field do the same',
  },
  {
    rule: 'scrollable-region-focusable',
    selector: /^\.grid-scroll/,
    reason: 'the grid around it takes the focus and its keys scroll',
  },
]

/** What axe finds against WCAG 2.2 AA on the page as it stands, a line a rule. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // The content security policy forbids injected script tags; the developer protocol is not bound by it.
  await page.evaluate(readFileSync(axePath, 'utf8'))
  const result = await page.evaluate(
    async () =>
      (await (
        globalThis as unknown as { axe: { run(context: Document, options: object): Promise<unknown> } }
      ).axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      })) as AxeResult,
  )
  const violations = result.violations
    .map((rule) => ({
      ...rule,
      nodes: rule.nodes.filter(({ target }) => !isMeant(rule.id, String(target[0]))),
    }))
    .filter((rule) => rule.nodes.length > 0)
  return violations.map((rule) => {
    const first = rule.nodes[0]
    return `${rule.id} (${rule.nodes.length}): ${JSON.stringify(first?.target)} ${first?.failureSummary?.split('\n')[1]?.trim() ?? ''}`
  })
}

function isMeant(rule: string, target: string): boolean {
  return exceptions.some((each) => each.rule === rule && each.selector.test(target))
}
