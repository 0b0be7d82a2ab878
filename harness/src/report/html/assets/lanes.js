// Draws the lanes of a pair as SVG: with rows of the same height, or on a time axis.
'use strict';

const Lanes = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const [SHAPE, FROM, TO, TONE, AT, TEXT, CALL, NETWORK] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [RESPONSE, UNANSWERED, MESSAGE, NOTE, OVER_ALL] = [1, 2, 3, 4, 5];
  const ROW = 32;
  const LABEL = 15;
  const TOP = 14;
  const SPANS = ['present', 'open', 'kept-offer', 'kept-answer'];

  function element(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function seconds(micros) {
    if (micros === null) return '';
    return `${(micros / 1e6).toFixed(3)} s`;
  }

  /** The lanes of a pair from left to right, as their number and their name. */
  function names(pair, isNarrow) {
    const name = (long, short) => (isNarrow ? short : long);
    const [first, second] = [[0, name('first peer', '1st peer')], [4, name('second peer', '2nd peer')]];
    const launcher = (lane) => [lane, name('its launcher', 'launcher')];
    const all = pair.one
      ? [first, [1, name('the launcher of both', 'launcher')], second]
      : [first, launcher(1), [2, 'network'], launcher(3), second];
    return pair.third ? [...all, [5, name('third peer', '3rd peer')]] : all;
  }

  /** Where each lane is. */
  function places(pair, width) {
    const isNarrow = width < 560;
    const left = isNarrow ? 64 : 96;
    const right = isNarrow ? 30 : 60;
    const lanes = names(pair, isNarrow);
    const gap = (width - left - right) / (lanes.length - 1);
    return { lanes, x: new Map(lanes.map(([lane], index) => [lane, left + index * gap])), isNarrow };
  }

  /** The tops of the rows, and where a time is that stands at a row: at that row, or along the axis. */
  function scale(pair, isEven, zoom) {
    if (isEven) {
      const tops = pair.rows.map((_, index) => TOP + (index + 0.7) * ROW);
      return { tops, y: (time, row) => tops[row] ?? TOP, height: TOP * 2 + (pair.rows.length + 0.6) * ROW };
    }
    const end = Math.max(pair.end, 1);
    const length = 560 * zoom;
    const y = (time) => TOP + 10 + (Math.min(time, end) / end) * length;
    let last = 0;
    // What has no time of its own, such as the failure of a check, stands below.
    let below = length + TOP + 40;
    const tops = pair.rows.map((row) => {
      if (row[AT] === null) return (below += ROW) - ROW;
      last = row[AT];
      return y(last);
    });
    return { tops, y, height: below + TOP };
  }

  function arrowHead(x, y, direction) {
    return element('path', { class: 'head', d: `M${x} ${y}l${-8 * direction} -4v8z` });
  }

  /** The lines of a step. */
  function lines(row, y, x) {
    const [from, to] = [x.get(row[FROM]), x.get(row[TO])];
    const shape = row[SHAPE];
    if (shape === NOTE || shape === OVER_ALL) {
      return shape === NOTE ? [element('circle', { cx: from, cy: y, r: 4.5 })] : [];
    }
    const direction = Math.sign(to - from) || 1;
    const parts = [element('line', { x1: from, y1: y, x2: to, y2: y, ...(shape === RESPONSE && { 'stroke-dasharray': '5 3' }) })];
    if (shape === UNANSWERED) {
      parts.push(element('path', { d: `M${to - 5} ${y - 5}l10 10m0 -10l-10 10` }));
      return parts;
    }
    parts.push(arrowHead(to, y, direction));
    const network = x.get(2);
    if (row[NETWORK] && network !== undefined && shape !== RESPONSE && shape !== MESSAGE) {
      parts.push(element('line', { class: 'on', x1: to, y1: y, x2: network, y2: y }), element('circle', { cx: network, cy: y, r: 3 }));
    }
    return parts;
  }

  /** The text of a step, above its line and on the side of its peer. */
  function label(row, text, y, x, width, { isNarrow, isEven }) {
    const peer = row[SHAPE] === RESPONSE ? row[TO] : row[FROM];
    const isRight = peer >= 3 && row[SHAPE] !== OVER_ALL;
    // On a time axis lines are close to each other, so every label stands above.
    const isNote = isEven && row[SHAPE] === NOTE;
    const place = x.get(peer) + (isRight ? -10 : 10);
    const room = (isRight ? place - 52 : width - place) - 6;
    const most = Math.max(12, Math.floor(room / (isNarrow ? 6.4 : 6.9)));
    const shown = text.length > most ? `${text.slice(0, most - 1)}…` : text;
    return element('text', { x: place, y: isNote ? y + 4 : y - 5, 'text-anchor': isRight ? 'end' : 'start' }, shown);
  }

  /** Bars for peers, channels and records. */
  function spans(pair, x, y) {
    const sideways = (kind) => (kind === 2 ? -5 : kind === 3 ? 5 : 0);
    return pair.spans.filter(([lane]) => x.has(lane)).map(([lane, kind, from, to, fromRow, toRow]) => {
      const at = x.get(lane) + sideways(kind);
      return element('line', { class: SPANS[kind], x1: at, x2: at, y1: y(from, fromRow), y2: Math.max(y(to, toRow), y(from, fromRow) + 0.5) });
    });
  }

  function axis(pair, y, width) {
    const power = 10 ** Math.floor(Math.log10(Math.max(pair.end, 1) / 5));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => pair.end / one <= 10);
    const digits = Math.max(0, Math.min(3, Math.ceil(-Math.log10(step / 1e6))));
    const parts = [];
    for (let time = 0; time <= pair.end; time += step) {
      parts.push(element('line', { class: 'rule', x1: 0, x2: width, y1: y(time), y2: y(time) }));
      parts.push(element('text', { class: 'time', x: 6, y: y(time) - 3 }, `${(time / 1e6).toFixed(digits)} s`));
    }
    return parts;
  }

  /** Whether a label has room; the important ones come first. */
  function roomForLabels(pair, tops, isEven, isNarrow) {
    if (isEven) return pair.rows.map(() => true);
    const taken = [[], []];
    const has = pair.rows.map(() => false);
    const order = [...pair.rows.keys()].sort((a, b) => rank(pair.rows[a]) - rank(pair.rows[b]) || a - b);
    for (const index of order) {
      const row = pair.rows[index];
      const sides = isNarrow || row[SHAPE] === OVER_ALL || row[SHAPE] === MESSAGE ? [0, 1] : [(row[SHAPE] === RESPONSE ? row[TO] : row[FROM]) >= 3 ? 1 : 0];
      if (sides.some((side) => taken[side].some((y) => Math.abs(y - tops[index]) < LABEL))) continue;
      has[index] = true;
      for (const side of sides) taken[side].push(tops[index]);
    }
    return has;
  }

  const rank = (row) => [5, 3, 2, 6, 1, 0, 4][row[TONE]];

  /** Draws a pair into `board`; `choose` is called with the number of the row that is opened. */
  function draw(board, data, pair, { isEven, zoom, chosen, choose }) {
    const width = Math.max(280, board.clientWidth);
    const { lanes, x, isNarrow } = places(pair, width);
    const { tops, y, height } = scale(pair, isEven, zoom);
    const head = document.createElement('div');
    head.className = 'names';
    head.style.width = `${width}px`;
    for (const [index, [lane, name]] of lanes.entries()) {
      const span = document.createElement('span');
      span.textContent = name;
      // Two rows of names, where one has no room for them.
      if (isNarrow && index % 2 === 1) span.className = 'low';
      span.style.left = `${x.get(lane)}px`;
      head.append(span);
    }
    const svg = element('svg', { width, height, role: 'group', 'aria-label': 'Lanes: one for each peer, launcher and the network' });
    if (!isEven) svg.append(...axis(pair, y, width));
    for (const [lane] of lanes) svg.append(element('line', { class: 'lane', x1: x.get(lane), x2: x.get(lane), y1: 0, y2: height }));
    svg.append(...spans(pair, x, y));
    if (!isEven) {
      for (const [lane, time, number] of pair.ticks) {
        const at = x.get(lane) + (lane >= 3 ? -14 : 14);
        svg.append(element('line', { class: 'tick', x1: at - 6, x2: at + 6, y1: y(time), y2: y(time) }, element('title', {}, `poll ${number}, empty`)));
      }
    }
    const has = roomForLabels(pair, tops, isEven, isNarrow);
    let shown = null;
    // The name of a step says all of it; what is seen may be cut.
    const seen = element('g', { 'aria-hidden': true });
    const steps = pair.rows.map((row, index) => {
      const text = data.texts[row[TEXT]];
      const isFocus = index === (chosen ?? 0);
      const step = element('g', {
        class: `step t${row[TONE]}${index === chosen ? ' chosen' : ''}`,
        role: 'button', tabindex: isFocus ? 0 : -1, 'data-row': index,
        'aria-label': `${seconds(row[AT])} ${peerOf(row)}${text}`.trim(),
      });
      const top = tops[index];
      step.append(element('rect', { class: 'hit', x: 2, y: isEven ? top - 19 : top - 6, width: width - 4, height: isEven ? ROW - 3 : 12, rx: 5, ...(!isEven && { 'pointer-events': 'none' }) }));
      const time = seconds(row[AT]);
      if (isEven && time !== shown) {
        seen.append(element('text', { class: 'time', x: 6, y: top + 4 }, isNarrow ? time.replace(' s', '') : time));
        shown = time;
      }
      step.append(...lines(row, top, x));
      if (has[index]) {
        const says = label(row, text, top, x, width, { isNarrow, isEven });
        says.setAttribute('class', `says t${row[TONE]}`);
        says.dataset.row = index;
        seen.append(says);
      }
      return step;
    });
    svg.append(...steps, seen);
    board.replaceChildren(head, svg);
    if (!isEven) putBehind(seen);
    listen(svg, steps, choose);
    return steps;
  }

  /** Puts a background behind each label: on a time axis lines are close to each other, and cross texts. */
  function putBehind(seen) {
    const labels = [...seen.querySelectorAll('.says')];
    const boxes = labels.map((text) => text.getBBox());
    for (const [index, { x, y, width, height }] of boxes.entries()) {
      labels[index].before(element('rect', { class: 'behind', x: x - 3, y: y - 1, width: width + 6, height: height + 2, rx: 3 }));
    }
  }

  function peerOf(row) {
    const peer = { 0: 'first peer: ', 4: 'second peer: ', 5: 'third peer: ' };
    return row[SHAPE] === OVER_ALL ? '' : peer[row[SHAPE] === RESPONSE ? row[TO] : row[FROM]] ?? '';
  }

  /** One step at a time is in the order of the tab key; arrows lead to the others. */
  function listen(svg, steps, choose) {
    const to = (index) => {
      const next = steps[Math.max(0, Math.min(steps.length - 1, index))];
      for (const step of steps) step.setAttribute('tabindex', step === next ? 0 : -1);
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    };
    const rowOf = (event) => {
      const step = event.target.closest('[data-row]');
      return step ? Number(step.dataset.row) : null;
    };
    svg.addEventListener('click', (event) => {
      const row = rowOf(event);
      if (row !== null) choose(row);
    });
    svg.addEventListener('keydown', (event) => {
      const row = rowOf(event);
      if (row === null) return;
      const moves = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: steps.length - 1 };
      if (event.key in moves) to(moves[event.key]);
      else if (event.key === 'Enter' || event.key === ' ') choose(row);
      else return;
      event.preventDefault();
    });
  }

  return { draw, seconds, peerOf, columns: { SHAPE, FROM, TO, TONE, AT, TEXT, CALL, NETWORK, CHECKS: 8 } };
})();
