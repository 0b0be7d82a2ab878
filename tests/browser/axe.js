// What axe-core finds on a page: https://github.com/dequelabs/axe-core.

import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The violations on the page that a tab shows, each as a text; none is an empty list. */
export async function violations(tab) {
  if (!(await tab.evaluate('Boolean(window.axe)'))) await tab.evaluate(source);
  const { violations: found } = await tab.evaluate('axe.run()');
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  at ${target.join(' ')}\n  ${failureSummary.replaceAll('\n', '\n  ')}`),
  );
}
