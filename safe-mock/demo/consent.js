// The question that the launcher asks its user before it lets this page in, as the control plane has it.

import { ask, change } from './control.js';
import { APP } from './launcher.js';

/** How often the control plane is asked while the page waits to be let in. */
const LOOK_MS = 300;

const idsOf = (consent) => new Set(consent?.waiting.map(({ id }) => id));

/**
 * Prepares for the next request for a session: returns a function that watches for its question until `signal` is aborted. It calls
 * `onQuestion` with a function that decides, or with nothing once no question is left.
 */
export async function prepare() {
  // Another tab with this page may wait too: its question is not ours.
  const others = idsOf(await ask('consent'));
  return async function watch(onQuestion, signal) {
    let shown;
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const consent = await ask('consent', signal);
      if (!consent || signal.aborted) return;
      const own = consent.waiting.find(({ id, app }) => app.id === APP.id && !others.has(id));
      if (own?.id === shown) continue;
      shown = own?.id;
      onQuestion(own && ((decision) => change(`consent/${own.id}`, { decision })));
    }
  };
}
