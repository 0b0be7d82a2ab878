// The tab of faults: what goes wrong by one click, and the rules by which calls fail.

import { Problem } from './api.js';
import { attempt, button, chip, choice, confirm, copyIcon, empty, field, make, redraw, replace } from './dom.js';
import { CALLS, ERRORS, FAULTS, faultOf, sentenceOf } from './faults-words.js';

/** Rules by one click; a second click removes them. */
const PRESETS = [
  ['Slow', 'Each call takes 500 ms longer', { matching: {}, fault: { delay: { by: { fixed_ms: 500 }, when: 'before' } }, until: {} }],
  ['Lossy', 'Three answers in ten are lost', { matching: { chance: 0.3 }, fault: 'lose_answer', until: {} }],
];

/** While a rule ends by time, the list is asked for again now and then: no counter changes when it ends. */
const TIMED_MS = 1_000;

export const faults = {
  id: 'faults',
  title: 'Faults',
  watches: ['faults'],
  mount(root, page) {
    const tab = new FaultsTab(root, page);
    return { show: () => tab.update(), update: () => tab.update(), unmount: () => tab.unmount() };
  },
};

class FaultsTab {
  #timer = 0;

  constructor(root, page) {
    this.page = page;
    this.presets = make('section', { class: 'card', aria: { labelledby: 'presets-title' } });
    this.rules = make('section', { class: 'card', aria: { labelledby: 'rules-title' } });
    replace(root, make('div', { class: 'stack' }, this.presets, this.rules, this.#makeForm()));
  }

  async update() {
    clearTimeout(this.#timer);
    const { api } = this.page;
    const [rules, link] = await Promise.all([api.get('faults'), api.get('link')]);
    this.#showPresets(rules, link);
    this.#showRules(rules);
    const isTimed = rules.some(({ rule, spent }) => rule.until.for_ms !== undefined && !spent);
    if (isTimed && !this.page.signal.aborted) this.#timer = setTimeout(() => this.update().catch(() => {}), TIMED_MS);
  }

  unmount() {
    clearTimeout(this.#timer);
  }

  async #act(text, action) {
    await action();
    this.page.announce(text);
    await this.update();
  }

  #showPresets(rules, { joined }) {
    const { api } = this.page;
    const toggles = PRESETS.map(([name, about, rule]) => {
      const same = rules.filter((one) => JSON.stringify(one.rule) === JSON.stringify(rule) && !one.spent);
      const isOn = same.length > 0;
      const change = () => this.#act(isOn ? `${name} is off.` : `${name} is on.`, () =>
        isOn ? Promise.all(same.map(({ id }) => api.delete(`faults/${id}`))) : api.post('faults', rule));
      return preset(isOn ? `${name}: stop` : name, about, change, { isOn, keep: `preset-${name}` });
    });
    const cut = () => this.#act(joined ? 'The launcher is cut off from its network.' : 'The launcher reaches its network again.', () =>
      api.put('link', { joined: !joined, after_ms: 0 }));
    const restart = () => this.#act('The launcher was restarted.', () => api.post('restart'));
    const lose = () => this.#act('All handles are lost.', () => api.delete('handles'));
    const reset = async () => {
      const agreed = await confirm('Reset the launcher?', 'Sessions, handles, rules and the journal are lost, and all that the network stores, for every launcher on it.', 'Reset');
      if (agreed) await this.#act('The launcher was reset.', () => api.post('reset'));
    };
    redraw(this.presets,
      make('div', { class: 'head' },
        make('h2', { id: 'presets-title', text: 'By one click' }),
        joined ? chip('reaches its network', 'good') : chip('cut off from its network', 'bad')),
      make('div', { class: 'presets' },
        toggles,
        preset(joined ? 'Cut off' : 'Join again', joined ? 'The launcher does not reach its network' : 'The launcher reaches its network again', cut, { isOn: !joined, keep: 'preset-link' }),
        preset('Restart', 'Sessions and handles are lost; account and network stay', restart, { keep: 'preset-restart' }),
        preset('Lose handles', 'Each handle that an app holds becomes invalid', lose, { keep: 'preset-lose' }),
        preset('Reset', 'Back to the initial state, and an empty network', reset, { isDanger: true, keep: 'preset-reset' })));
  }

  #showRules(rules) {
    const { api } = this.page;
    const heads = ['Rule', 'Matched', 'Struck', 'State', 'Remove'];
    const rows = rules.map(({ id, rule, matched, strikes, spent }) => make('tr', { data: { rule: id } },
      make('td', {},
        make('div', { text: sentenceOf(rule) }),
        make('details', {}, make('summary', { class: 'soft', data: { keep: `json-${id}` }, text: 'as JSON' }),
          make('code', { text: JSON.stringify(rule) }), ' ', copyIcon(JSON.stringify(rule), `rule ${id} as JSON`))),
      make('td', { data: { head: heads[1] } }, String(matched)),
      make('td', { data: { head: heads[2] } }, make('strong', { class: 'strikes', text: strikes })),
      make('td', {}, spent ? chip('used up') : chip('active', 'wait')),
      make('td', {}, button('Remove', () => this.#act('The rule was removed.', () => api.delete(`faults/${id}`)), {
        class: 'quiet small', data: { keep: `remove-${id}` }, aria: { label: `Remove rule ${id}` },
      }))));
    redraw(this.rules,
      make('div', { class: 'head' },
        make('h2', { id: 'rules-title', text: 'Rules' }),
        rows.length > 0 ? button('Remove all', () => this.#act('All rules were removed.', () => api.delete('faults')), { class: 'quiet', data: { keep: 'remove-all' } }) : null),
      rows.length > 0
        ? make('table', { class: 'table narrow' },
          make('thead', {}, make('tr', {}, heads.map((text) => make('th', { scope: 'col', text })))),
          make('tbody', {}, rows))
        : empty('No rule', 'Nothing goes wrong. Add a rule below, or take one of the buttons above.'));
  }

  #makeForm() {
    const number = (name, placeholder, more = {}) => make('input', { name, type: 'number', min: '0', placeholder, inputmode: 'numeric', ...more });
    const text = (name, placeholder) => make('input', { name, placeholder, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' });
    const about = make('p', { class: 'soft wide', id: 'about-fault' });
    const kind = choice(FAULTS.map(([word]) => [word, word]), { aria: { describedby: 'about-fault' }, name: 'fault', on: { change: () => showSettings() } });
    const settings = {
      ms: field('How long, in ms', number('ms', '500', { value: '500' })),
      error: field('Error', choice(ERRORS.map((word) => [word, word]), { name: 'error' })),
      when: field('Before or after the call', choice([['before', 'before'], ['after', 'after']], { name: 'when' })),
    };
    const showSettings = () => {
      const [, does, used] = FAULTS.find(([word]) => word === kind.value);
      about.textContent = `The call ${does}.`;
      for (const [name, element] of Object.entries(settings)) element.hidden = !used.includes(name);
    };
    showSettings();
    this.problem = make('p', { class: 'problem wide', role: 'alert' });
    const what = field('What goes wrong', kind);
    what.classList.add('wide');
    const form = make('form', { class: 'form', aria: { labelledby: 'add-title' }, on: { submit: (event) => attempt(() => this.#add(event)) } },
      what,
      about,
      settings.ms, settings.error, settings.when,
      field('Call', choice([['', 'every call'], ...CALLS.map((word) => [word, word])], { name: 'call' })),
      field('Peer', text('peer', 'every peer')),
      field('Room', text('room', 'every room')),
      field('Record, in base64', text('record', 'every record')),
      field('Chance, in percent', number('chance', '100', { max: '100', step: 'any' })),
      field('At most how often', number('times', 'no limit', { min: '1' })),
      field('For how many seconds', number('seconds', 'until removed', { step: 'any' })),
      this.problem,
      make('div', { class: 'wide' }, make('button', { type: 'submit', text: 'Add the rule' })));
    return make('section', { class: 'card', aria: { labelledby: 'add-title' } }, make('h2', { id: 'add-title', text: 'Add a rule' }), form);
  }

  async #add(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target).entries());
    const rule = ruleOf(given);
    this.problem.textContent = '';
    try {
      await this.#act('The rule was added.', () => this.page.api.post('faults', rule));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem.textContent = error.message;
    }
  }
}

/** The rule that a form describes. */
function ruleOf(given) {
  const matching = Object.fromEntries(['call', 'peer', 'room', 'record'].map((name) => [name, given[name].trim()]).filter(([, value]) => value));
  if (given.chance !== '') matching.chance = Number(given.chance) / 100;
  const until = {};
  if (given.times !== '') until.times = Number(given.times);
  if (given.seconds !== '') until.for_ms = Math.round(Number(given.seconds) * 1_000);
  return { matching, fault: faultOf(given.fault, { ...given, ms: Math.round(Number(given.ms)) }), until };
}

function preset(name, about, action, { isOn, isDanger, keep }) {
  const id = `about-${keep}`;
  return make('div', { class: 'preset' },
    button(name, action, { class: isOn ? '' : isDanger ? 'danger' : 'quiet', data: { keep }, aria: { describedby: id } }),
    make('span', { class: 'soft', id, text: about }));
}
