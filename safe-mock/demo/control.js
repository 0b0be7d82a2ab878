// The control plane of the launcher that serves this page. Without one, each call returns undefined: the page works without.

const BASE = '../';

/** Asks for something; undefined if there is none. */
export async function ask(path, signal) {
  try {
    const answer = await fetch(`${BASE}${path}`, { signal, headers: { Accept: 'application/json' } });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** Changes something; returns whether that was done. */
export async function change(path, json) {
  try {
    return (await fetch(`${BASE}${path}`, { method: 'PUT', body: JSON.stringify(json) })).ok;
  } catch {
    return false;
  }
}

/**
 * Calls `onChange` when one of some lists may have changed, until `signal` is aborted. A hidden page does not listen: browsers
 * allow few connections to one origin, and each listener keeps one.
 */
export function watch(lists, onChange, signal) {
  let source;
  const listen = () => {
    source?.close();
    if (document.hidden || signal.aborted) return;
    let before = {};
    source = new EventSource(`${BASE}events`);
    source.addEventListener('change', ({ data }) => {
      const now = JSON.parse(data);
      if (lists.some((list) => now[list] !== before[list])) onChange();
      before = now;
    });
  };
  listen();
  document.addEventListener('visibilitychange', listen, { signal });
  signal.addEventListener('abort', listen);
}
