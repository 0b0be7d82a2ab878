// The tab of apps: who is logged in, who was let in and who waits, and which handles each holds.

import { attempt, button, choice, chip, confirm, count, empty, make, redraw, replace, shortName } from './dom.js';

const POLICIES = [
  ['allow', 'let every app in'],
  ['ask', 'ask me'],
  ['deny', 'let no app in'],
];

const KINDS = { structured_data: 'structured data', data_id: 'data id', cipher_options: 'cipher options', writer: 'writer', reader: 'reader', encrypt_key: 'encryption key',
  sign_key: 'signing key', appendable_data: 'appendable data' };

/** The kinds as the launcher counts them, each with its word for one and for several. */
const COUNTED = [
  ['structuredData', 'structured data', 'structured data'],
  ['dataId', 'data id', 'data ids'],
  ['cipherOptions', 'cipher options', 'cipher options'],
  ['writer', 'writer', 'writers'],
  ['reader', 'reader', 'readers'],
  ['encryptKey', 'encryption key', 'encryption keys'],
  ['signKey', 'signing key', 'signing keys'],
  ['appendableData', 'appendable data', 'appendable data'],
];

/** How many handles of a session are listed. */
const HANDLES_SHOWN = 200;

/** How many sessions are listed. */
const SESSIONS_SHOWN = 100;

export const apps = {
  id: 'apps',
  title: 'Apps',
  watches: ['sessions', 'handles', 'consent'],
  mount(root, page) {
    const tab = new Apps(root, page);
    return { show: () => tab.update(), update: () => tab.update() };
  },
};

class Apps {
  /** The sessions whose handles are listed. */
  #unfolded = new Set();

  constructor(root, page) {
    this.page = page;
    this.consent = make('section', { class: 'card', aria: { labelledby: 'consent-title' } });
    this.accounts = make('section', { class: 'card', aria: { labelledby: 'accounts-title' } });
    this.sessions = make('section', { class: 'card', aria: { labelledby: 'sessions-title' } });
    replace(root, make('div', { class: 'stack' },
      make('div', { class: 'stack pair' }, this.consent, this.accounts), this.sessions));
  }

  async update() {
    const { api } = this.page;
    const [consent, accounts, sessions, handles] = await Promise.all(
      ['consent', 'accounts', 'sessions', 'handles'].map((list) => api.get(list)),
    );
    this.#showConsent(consent);
    this.#showAccounts(accounts);
    this.#showSessions(sessions, handles);
  }

  /** Does something, and shows what came of it. */
  async #act(text, action) {
    await action();
    this.page.announce(text);
    await this.update();
  }

  #showConsent({ policy, waiting }) {
    const { api } = this.page;
    const decide = (id, decision, name) => this.#act(decision === 'allow' ? `${name} was let in.` : `${name} was not let in.`,
      () => api.put(`consent/${id}`, { decision }));
    const choose = choice(POLICIES, {
      data: { keep: 'policy' },
      on: { change: ({ target }) => attempt(() => this.#act('The policy was changed.', () => api.put('consent', { policy: target.value }))) },
    }, policy);
    const rows = waiting.map(({ id, app, permissions }) => make('tr', {},
      make('td', {}, appName(app)),
      make('td', {}, permissionChips(permissions)),
      make('td', {}, make('div', { class: 'actions' },
        button('Allow', () => decide(id, 'allow', app.name), { data: { keep: `allow-${id}` }, aria: { label: `Allow ${app.name}` } }),
        button('Deny', () => decide(id, 'deny', app.name), { class: 'danger', data: { keep: `deny-${id}` }, aria: { label: `Deny ${app.name}` } })))));
    redraw(this.consent,
      make('div', { class: 'head' },
        make('h2', { id: 'consent-title', text: 'Consent' }),
        make('label', {}, make('span', { class: 'soft', text: 'When an app asks: ' }), choose)),
      rows.length > 0
        ? table(['App', 'Asks for', 'Decide'], rows)
        : make('p', { class: 'soft', text: policy === 'ask' ? 'No app waits to be let in.' : 'No app waits: each is decided at once.' }));
    this.consent.querySelector('select').value = policy;
  }

  #showAccounts(accounts) {
    const { api } = this.page;
    const logOut = async () => {
      const agreed = await confirm('Log out?', 'All sessions end, and no app is let in until an account is logged in.', 'Log out');
      if (agreed) await this.#act('Logged out.', () => api.post('logout'));
    };
    const rows = accounts.map(({ id, publicKey, loggedIn }) => make('tr', {},
      make('td', { text: `account ${id}` }),
      make('td', {}, make('span', { class: 'mono', title: publicKey, text: shortName(publicKey) })),
      make('td', {}, loggedIn ? chip('logged in', 'good') : chip('has sessions'))));
    const isLoggedIn = accounts.some(({ loggedIn }) => loggedIn);
    redraw(this.accounts,
      make('div', { class: 'head' },
        make('h2', { id: 'accounts-title', text: 'Accounts' }),
        button(isLoggedIn ? 'Log in another user' : 'Log in a user', () => this.#act('A new account is logged in.', () => api.post('accounts')), { class: 'quiet', data: { keep: 'log-in' } }),
        isLoggedIn ? button('Log out', logOut, { class: 'danger', data: { keep: 'log-out' } }) : null),
      rows.length > 0 ? table(['Account', 'Key', 'State'], rows) : make('p', { class: 'soft', text: 'Nobody is logged in.' }));
  }

  #showSessions(sessions, handles) {
    const listed = handles.handles ?? [];
    const bySession = Map.groupBy ? Map.groupBy(listed, ({ session }) => session) : grouped(listed);
    const live = COUNTED.map(([kind, word, plural]) => [handles[kind]?.live ?? 0, word, plural]);
    const total = live.reduce((sum, [number]) => sum + number, 0);
    const byKind = live.filter(([number]) => number > 0).map(([number, word, plural]) => `${number} ${number === 1 ? word : plural}`).join(', ');
    const known = new Set(sessions.map(({ id }) => id));
    const ended = listed.filter(({ session }) => !known.has(session));
    const shown = sessions.slice(0, SESSIONS_SHOWN);
    redraw(this.sessions,
      make('div', { class: 'head' },
        make('h2', { id: 'sessions-title', text: 'Apps that were let in' }),
        make('span', { class: 'soft', text: `${count(sessions.length, 'session')}, ${count(total, 'handle')}${byKind && `: ${byKind}`}` })),
      sessions.length === 0 && total === 0
        ? empty('No app was let in yet', 'An app gets a session when it asks for one, and makes handles with it.', this.page.demo
          ? make('p', {}, 'The demo page is such an app: ', make('a', { href: './demo/', text: 'open the demo page' }), '.')
          : 'Started with --demo, the launcher serves a page that is such an app.')
        : null,
      shown.map((session) => this.#session(session, bySession.get(session.id) ?? [])),
      sessions.length > shown.length ? make('p', { class: 'soft', text: `${count(sessions.length - shown.length, 'more session')} not shown.` }) : null,
      ended.length > 0 ? make('div', { class: 'session' }, make('h3', { text: 'Sessions that have ended' }), this.#handles('ended', ended)) : null);
  }

  #session({ id, account, app, permissions }, handles) {
    const revoke = () => this.#act(`${app.name} was revoked.`, () => this.page.api.delete(`sessions/${id}`));
    return make('div', { class: 'session', data: { session: id } },
      make('div', { class: 'head' },
        make('h3', {}, appName(app)),
        make('span', { class: 'soft' }, 'session ', make('a', { href: this.page.href(['requests'], { session: id }), text: id, title: 'Its requests' }), ` of account ${account}`),
        permissionChips(permissions),
        button('Revoke', revoke, { class: 'danger small', data: { keep: `revoke-${id}` }, aria: { label: `Revoke session ${id} of ${app.name}` } })),
      this.#handles(id, handles));
  }

  /** The handles of a session: how many each call made, and each handle with the request that made it. */
  #handles(id, handles) {
    if (handles.length === 0) return make('p', { class: 'soft', text: 'No handle.' });
    const calls = new Map();
    for (const { call } of handles) calls.set(call, (calls.get(call) ?? 0) + 1);
    const made = [...calls].sort(([, a], [, b]) => b - a).map(([call, number]) => `${number} by ${call ?? 'an unknown call'}`).join(', ');
    const rows = handles.slice(0, HANDLES_SHOWN).map(({ number, kind, request, call, record }) => make('tr', {},
      make('td', { class: 'mono', text: number }),
      make('td', { text: KINDS[kind] ?? kind }),
      make('td', {}, call ? `${call}, ` : null, request ? this.page.requestLink(undefined, request) : null),
      make('td', {}, record ? make('a', { class: 'mono', href: this.page.href(['network', record]), text: shortName(record), title: record }) : null)));
    const rest = handles.length - rows.length;
    return make('details', {
      open: this.#unfolded.has(id),
      on: { toggle: ({ target }) => (target.open ? this.#unfolded.add(id) : this.#unfolded.delete(id)) },
    },
      make('summary', { data: { keep: `handles-${id}` }, text: `${count(handles.length, 'handle')}: ${made}` }),
      table(['Handle', 'Kind', 'Made by', 'Record'], rows),
      rest > 0 ? make('p', { class: 'soft', text: `${count(rest, 'older handle')} not shown.` }) : null);
  }
}

function grouped(handles) {
  const groups = new Map();
  for (const handle of handles) groups.set(handle.session, [...(groups.get(handle.session) ?? []), handle]);
  return groups;
}

/** The names of permissions. */
const PERMISSIONS = { LOW_LEVEL_API: 'low-level API', SAFE_DRIVE_ACCESS: 'SAFE Drive' };

const appName = ({ name, id, vendor, version }) =>
  make('span', {}, make('strong', { text: name || id }), make('span', { class: 'soft', text: ` ${id} ${version}, ${vendor}` }));

const permissionChips = (permissions) =>
  permissions.length > 0 ? make('span', { class: 'actions' }, permissions.map((word) => chip(PERMISSIONS[word] ?? word.toLowerCase().replaceAll('_', ' '), 'info'))) : chip('no permission');

const table = (headings, rows) =>
  make('table', { class: 'table narrow' },
    make('thead', {}, make('tr', {}, headings.map((text) => make('th', { scope: 'col', text })))),
    make('tbody', {}, rows));
