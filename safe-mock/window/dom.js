// Elements and words. All text goes through textContent: names and content come from others.

const SVG = ['http:', '', 'www.w3.org', '2000', 'svg'].join('/');

/** Makes an element: `make('p', { class: 'soft', text: 'x', on: { click } }, ...children)`. */
export const make = (tag, options = {}, ...children) => furnish(document.createElement(tag), options, children);

/** As `make`, an element of SVG. */
export const svg = (tag, options = {}, ...children) => furnish(document.createElementNS(SVG, tag), options, children);

function furnish(element, { text, on = {}, data = {}, aria = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  if (text !== undefined && text !== null) element.textContent = text;
  element.append(...present(children));
  return element;
}

const present = (children) => children.flat().filter((child) => child !== null && child !== undefined && child !== false);

/** Gives an element other children. Absent ones are left out. */
export const replace = (parent, ...children) => parent.replaceChildren(...present(children));

/** Does something that can fail. What went wrong is shown by the listener of the event `problem` of the document. */
export async function attempt(action) {
  try {
    await action();
  } catch (error) {
    document.dispatchEvent(new CustomEvent('problem', { detail: error }));
  }
}

/** A button that does something. While it does, it cannot be pressed again. */
export function button(text, action, options = {}) {
  const made = make('button', {
    type: 'button',
    text,
    ...options,
    on: {
      click: async (event) => {
        if (made.getAttribute('aria-busy') === 'true') return;
        made.setAttribute('aria-busy', 'true');
        await attempt(() => action(event));
        made.removeAttribute('aria-busy');
      },
    },
  });
  return made;
}

/** A button that copies a text. */
export function copyButton(text, label = 'Copy') {
  const made = button(label, async () => {
    await navigator.clipboard.writeText(text);
    made.textContent = 'Copied';
    announce('Copied');
    setTimeout(() => (made.textContent = label), 1_500);
  }, { class: 'quiet small copy', data: { copies: digest(text) } });
  return made;
}

/** A small button that copies a text, beside the text; `what` says what it copies. */
export function copyIcon(text, what) {
  const label = `Copy ${what}`;
  const made = button('', async () => {
    await navigator.clipboard.writeText(text);
    made.dataset.done = 'true';
    announce('Copied');
    setTimeout(() => delete made.dataset.done, 1_500);
  }, { class: 'icon', title: label, aria: { label }, data: { copies: digest(text) } });
  const sheet = (x, y) => svg('rect', { x, y, width: 9, height: 10, rx: 1.5 });
  const done = svg('path', { class: 'done', d: 'M 2 8 l 4 4 l 7 -8' });
  made.append(svg('svg', { viewBox: '0 0 15 15', width: 15, height: 15, 'aria-hidden': 'true' }, sheet(1.5, 1.5), sheet(4.5, 3.5), done));
  return made;
}

/** A short word for a text, which differs where the text does. */
export function digest(text) {
  let sum = 5381;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 33) ^ text.charCodeAt(at)) >>> 0;
  return `${text.length}-${sum.toString(36)}`;
}

/** A command for a terminal. */
export const command = (text) => make('div', { class: 'command' }, make('code', { text }), copyButton(text));

/** What stands in the place of a list without items: what it will show, and what to do first. */
export const empty = (title, ...lines) =>
  make('div', { class: 'empty' }, make('h3', { text: title }), lines.map((line) => (line instanceof Node ? line : make('p', { text: line }))));

/** Pairs of a term and its value, a text or a node. Pairs without a value are left out. */
export const facts = (pairs) =>
  make('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== '').map(([term, value]) => [
    make('dt', { text: term }),
    make('dd', {}, value instanceof Node ? value : String(value)),
  ]).flat());

/** A word with a tone: good, bad, wait, info or plain. */
export const chip = (text, tone = 'plain') => make('span', { class: 'chip', text, data: { tone } });

/** A label and its control, one above the other. */
export const field = (label, control) => make('label', { class: 'field' }, make('span', { text: label }), control);

/** A choice; `options` are pairs of a value and a text. */
export const choice = (options, attributes = {}, chosen = undefined) =>
  make('select', attributes, options.map(([value, text]) => make('option', { value, text, selected: value === chosen })));

/** Says something to screen readers. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}

/** The time of day of Unix milliseconds, with milliseconds. */
export function clock(unixMs) {
  const time = new Date(unixMs);
  const two = (number) => String(number).padStart(2, '0');
  const millis = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${millis}`;
}

/** A duration in milliseconds, in words. */
export function since(ms) {
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A length of time as the sentences of the launcher write it (`length` in rooms/amounts.rs). */
export function length(ms) {
  const tenths = Math.floor((ms + 50) / 100);
  const seconds = Math.floor((ms + 500) / 1_000);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_170) return `${Math.floor((seconds + 30) / 60)} min`;
  return `${Math.floor((seconds + 1_800) / 3_600)} h`;
}

/** A size, in the unit that fits. */
export function bytes(size) {
  if (size < 1_000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1_000).toFixed(1)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}

/** A number with its noun. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** The start of a name in base64, enough to tell names apart. */
export const shortName = (name) => (name.length > 10 ? `${name.slice(0, 8)}…` : name);

/** The status of an answer; 0 stands for a connection that a fault broke. */
export const status = (number) => (number === 0 ? 'broken' : String(number));

/** Good, bad, or neither: the tone of a status. 404 says that nothing is stored there yet. */
export function toneOf(number) {
  if (number === 0) return 'bad';
  if (number === 404) return 'wait';
  return number < 400 ? 'good' : 'bad';
}

/**
 * As `replace`, and leaves in place what is the same: a reader who presses a button meanwhile presses that button, and what has the
 * focus keeps it. So what a listener closes over must be told by the attributes of its element, or those around it.
 */
export function redraw(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  align(parent, present(children).map((child) => (child instanceof Node ? child : document.createTextNode(child))));
  if (focused === undefined || document.activeElement?.dataset.keep === focused) return;
  parent.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function align(parent, wanted) {
  wanted.forEach((child, at) => {
    const there = parent.childNodes[at];
    if (!there) parent.append(child);
    else if (there.isEqualNode(child)) return;
    else if (isSameFrame(there, child)) align(there, [...child.childNodes]);
    else there.replaceWith(child);
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild.remove();
}

/** Whether two elements differ in their children alone. */
const isSameFrame = (one, other) => one.nodeType === Node.ELEMENT_NODE && one.cloneNode(false).isEqualNode(other.cloneNode(false));

/** Shows a detail below its list, where there is no room beside it. */
export function reveal(detail) {
  if (!matchMedia('(min-width: 960px)').matches) detail.scrollIntoView({ block: 'start' });
}

/** Asks before something is done that cannot be undone. */
export function confirm(question, explanation, action) {
  return new Promise((resolve) => {
    const end = (answer) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = make('dialog', { aria: { label: question }, on: { cancel: end(false) } },
      make('h2', { text: question }),
      make('p', { text: explanation }),
      make('div', { class: 'actions' },
        make('button', { type: 'button', class: 'quiet', text: 'Cancel', on: { click: end(false) } }),
        make('button', { type: 'button', class: 'danger', text: action, on: { click: end(true) } })));
    document.body.append(dialog);
    dialog.showModal();
  });
}
