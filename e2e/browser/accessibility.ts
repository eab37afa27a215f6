import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const rules: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}

/**
 * What axe finds on the page, one line each. The page may run no script, and so axe cannot run in it: `twin`, a page in
 * which scripts run, is given the same document at the same address.
 */
export async function accessibilityViolations(page: Page, twin: Page): Promise<readonly string[]> {
  const url = page.url()
  const document = { contentType: 'text/html; charset=utf-8', body: await page.content() }
  await twin.route(url, (route) => route.fulfill(document))
  await twin.goto(url)
  await twin.evaluate(source)
  const { violations } = await twin.evaluate<AxeResults>(`axe.run(${JSON.stringify(rules)})`)
  await twin.unroute(url)
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`))
}
