// The frame of the window: its tabs, the address behind the #, and what is live. Knows nothing of what a tab shows.

import { Problem, client, isGone } from './api.js';
import { apps } from './apps.js';
import { announce, button, make, replace } from './dom.js';
import { faults } from './faults.js';
import { follow } from './live.js';
import { network } from './network.js';
import { requests } from './requests.js';
import { rooms } from './rooms.js';

const TABS = [rooms, requests, apps, faults, network];
const LIVE = {
  live: ['live', 'The window follows the launcher.'],
  lost: ['disconnected, trying again', 'The launcher does not answer.'],
  paused: ['paused', 'The window does not follow the launcher while it is hidden.'],
};

const find = (id) => document.getElementById(id);
const launchers = { list: [], self: 1, demo: false };
let open = null;

/** The address of a place in the window. */
function href(parts, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${parts.map(encodeURIComponent).join('/')}${search && `?${search}`}`;
}

function routeOf(hash) {
  const [path, search = ''] = hash.replace(/^#/, '').split('?');
  const parts = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { id: parts[0], parts: parts.slice(1).filter(Boolean), query: new URLSearchParams(search) };
}

/** A link to a request of a launcher, in its own window. */
function requestLink(launcher, number) {
  const text = `request ${number}`;
  const hash = href(['requests', String(number)]);
  if (launcher === undefined || launcher === launchers.self) return make('a', { href: hash, text });
  const other = launchers.list.find((one) => one.number === launcher);
  const named = `${text} of launcher ${launcher}`;
  if (!other?.url) return make('span', { text: named });
  return make('a', { href: `${other.url}/__mock/${hash}`, target: '_blank', rel: 'noopener', text: named });
}

/** A tab that is open: mounted once, asked to show and to update one after the other. */
class Open {
  #busy = false;
  #pending = null;
  #route = null;
  #controller = new AbortController();

  constructor(tab) {
    this.tab = tab;
    const { signal } = this.#controller;
    this.root = find('panel');
    this.root.setAttribute('aria-labelledby', `tab-${tab.id}`);
    this.body = make('div', { class: `tab ${tab.id}` });
    this.bar = make('div', { class: 'bar', role: 'alert', hidden: true });
    replace(this.root, this.bar, this.body);
    this.mounted = tab.mount(this.body, {
      api: client(signal),
      signal,
      announce,
      href,
      go: (parts, query) => (location.hash = href(parts, query)),
      /** As `go`, without a step for the back button. */
      turn(parts, query) {
        history.replaceState(null, '', href(parts, query));
        route();
      },
      get self() {
        return launchers.self;
      },
      get launchers() {
        return launchers.list;
      },
      /** Whether the launcher serves the demo page. */
      get demo() {
        return launchers.demo;
      },
      requestLink,
    });
  }

  /** Shows another place of the tab. */
  show(route) {
    this.#route = route;
    this.#run();
  }

  /** Brings up to date what is shown, if it is concerned. */
  update(changed) {
    if (changed && !this.tab.watches.some((name) => changed.has(name))) return;
    const before = this.#pending;
    this.#pending = before === null ? new Set(changed ?? this.tab.watches) : new Set([...before, ...(changed ?? this.tab.watches)]);
    this.#run();
  }

  async #run() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#route || this.#pending) {
        if (this.#route) {
          const route = this.#route;
          this.#route = null;
          await this.mounted.show(route);
        } else {
          const changed = this.#pending;
          this.#pending = null;
          await this.mounted.update(changed);
        }
        this.bar.hidden = true;
      }
    } catch (error) {
      this.#route = this.#pending = null;
      this.fail(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Shows what went wrong. */
  fail(error) {
    if (isGone(error) || this.#controller.signal.aborted) return;
    if (!(error instanceof Problem)) console.error(error);
    const again = button('Try again', () => this.show(routeOf(location.hash)), { class: 'quiet small' });
    const detail = error.detail ? make('details', {}, make('summary', { text: 'Details' }), make('code', { text: error.detail })) : null;
    replace(this.bar, make('p', { text: error.message }), again, detail);
    this.bar.hidden = false;
  }

  close() {
    this.#controller.abort();
    this.mounted.unmount?.();
    replace(this.root);
  }
}

function route() {
  const asked = routeOf(location.hash);
  const tab = TABS.find(({ id }) => id === asked.id) ?? TABS[0];
  if (open?.tab !== tab) {
    open?.close();
    document.title = `${tab.title} · safe-mock`;
    for (const { id } of TABS) {
      const isOpen = id === tab.id;
      find(`tab-${id}`).setAttribute('aria-selected', String(isOpen));
      find(`tab-${id}`).tabIndex = isOpen ? 0 : -1;
    }
    open = new Open(tab);
  }
  for (const link of find('launchers').querySelectorAll('a')) link.hash = tab.id;
  open.show(asked);
}

/** Tabs as the pattern of WAI-ARIA has them: one is reached by the tabulator, the arrows go on from it. */
function tabs() {
  const move = { ArrowRight: 1, ArrowLeft: -1 };
  const list = find('tabs');
  for (const { id, title } of TABS) {
    list.append(make('button', {
      type: 'button',
      role: 'tab',
      id: `tab-${id}`,
      text: title,
      aria: { controls: 'panel', selected: 'false' },
      on: { click: () => (location.hash = id) },
    }));
  }
  list.addEventListener('keydown', (event) => {
    const at = TABS.findIndex(({ id }) => event.target.id === `tab-${id}`);
    const last = TABS.length - 1;
    const next = { Home: 0, End: last }[event.key] ?? (event.key in move ? (at + move[event.key] + TABS.length) % TABS.length : -1);
    if (at < 0 || next < 0) return;
    event.preventDefault();
    location.hash = TABS[next].id;
    find(`tab-${TABS[next].id}`).focus();
  });
}

function showLive(state) {
  const [text, title] = LIVE[state];
  const shown = find('live');
  shown.dataset.state = state;
  shown.title = title;
  if (shown.textContent !== text) shown.textContent = text;
}

/** Which launchers there are beside this one: their windows are one click away. */
async function showLaunchers() {
  const answer = await client().get('launchers').catch(() => null);
  launchers.list = answer?.launchers ?? [];
  launchers.demo = answer?.demo ?? false;
  launchers.self = launchers.list.find(({ self }) => self)?.number ?? 1;
  const others = launchers.list.filter(({ self, url }) => !self && url);
  const links = others.slice(0, 8).map(({ number, url }) => make('a', { href: `${url}/__mock/#${open.tab.id}`, text: `launcher ${number}` }));
  const own = launchers.list.length > 1 ? `launcher ${launchers.self} of ${launchers.list.length}` : '';
  replace(find('launchers'), make('span', { text: `${location.host}${own && ` · ${own}`}` }), ...links);
}

function start() {
  tabs();
  find('skip').addEventListener('click', (event) => {
    event.preventDefault();
    find('panel').focus();
  });
  window.addEventListener('hashchange', route);
  document.addEventListener('problem', ({ detail }) => open.fail(detail));
  route();
  let wasLive = true;
  follow(
    (changed) => {
      if (changed === null || !wasLive) showLaunchers();
      open.update(changed);
    },
    (state) => {
      showLive(state);
      wasLive = state === 'live';
    },
  );
  showLaunchers().then(() => open.update(null));
}

start();
