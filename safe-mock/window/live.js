// The events of the launcher: which lists have changed. A stream that ends is opened again.

const AGAIN_AFTER_MS = 1_000;
const EVENTS = '/__mock/events';

/**
 * Follows the events. `changed` gets the set of the counters that differ, and null after a time without a connection, when
 * any may; `state` gets live, lost or paused. While the window is hidden it takes no connection: a browser opens only six to
 * one host.
 */
export function follow(changed, state) {
  let source = null;
  let timer = 0;
  let seen = null;

  function open() {
    close();
    source = new EventSource(EVENTS);
    source.addEventListener('change', ({ data }) => {
      const counters = JSON.parse(data);
      const before = seen;
      seen = counters;
      state('live');
      const differs = Object.keys(counters).filter((name) => before?.[name] !== counters[name]);
      changed(before ? new Set(differs) : null);
    });
    source.addEventListener('error', () => {
      close();
      state('lost');
      timer = setTimeout(open, AGAIN_AFTER_MS);
    });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
    seen = null;
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      close();
      state('paused');
    } else if (!source) open();
  });
  // A page that the browser keeps for its back button has no stream.
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', ({ persisted }) => persisted && open());
  if (document.hidden) state('paused');
  else open();
}
