// Draws the lanes of a pair when the pair is opened for the first time.
'use strict';

(() => {
  const data = JSON.parse(document.getElementById('lanes').textContent);
  let groups = 0;

  function make(name, attributes, ...children) {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  }

  function choice(group, value, label, isChecked, change) {
    const input = make('input', { type: 'radio', name: group, value, checked: isChecked });
    input.addEventListener('change', change);
    return make('label', {}, input, label);
  }

  const KEY = [
    ['--series-1', 'offer'], ['--series-2', 'answer'], ['--series-4', 'channel'], ['--series-6', 'empty poll'],
    ['--series-3', 'fault'], ['--series-5', 'failure'],
  ];

  function key() {
    const entry = ([color, name]) => {
      const swatch = make('i', {});
      swatch.style.color = `var(${color})`;
      return make('li', {}, swatch, name);
    };
    return make('ul', { className: 'key' }, ...KEY.map(entry));
  }

  function open(place) {
    const pair = data.pairs[Number(place.dataset.lanes)];
    if (!pair || place.childElementCount > 0) return;
    const state = { isEven: pair.even, zoom: 1, chosen: null, choose };
    const board = make('div', { className: 'drawing' });
    const panel = make('div', {});
    for (const [name, value] of [['role', 'group'], ['aria-label', 'The step that is chosen'], ['aria-live', 'polite']]) {
      panel.setAttribute(name, value);
    }
    const group = `axis-${(groups += 1)}`;
    const slider = make('input', { type: 'range', min: 0, max: 7, step: 0.5, value: 0 });
    const zoom = make('label', { className: 'zoom' }, 'Zoom', slider);
    const axis = make('fieldset', {},
      make('legend', { className: 'hidden', textContent: 'Axis of the lanes' }),
      choice(group, 'time', 'Time', !state.isEven, () => change({ isEven: false })),
      choice(group, 'even', 'Even', state.isEven, () => change({ isEven: true })));
    let width = 0;

    function draw() {
      zoom.hidden = state.isEven;
      zoom.style.display = state.isEven ? 'none' : '';
      width = board.clientWidth;
      return Lanes.draw(board, data, pair, state);
    }
    function change(what) {
      const middle = board.scrollHeight > 0 ? (board.scrollTop + board.clientHeight / 2) / board.scrollHeight : 0;
      Object.assign(state, what);
      draw();
      board.scrollTop = what.zoom && board.scrollTop + board.scrollHeight > 0 ? middle * board.scrollHeight - board.clientHeight / 2 : 0;
    }
    function mark(row) {
      for (const step of board.querySelectorAll('.step')) {
        const is = Number(step.dataset.row) === row;
        step.classList.toggle('chosen', is);
        if (row !== null) step.setAttribute('tabindex', is ? 0 : -1);
      }
    }
    function choose(row) {
      state.chosen = row;
      mark(row);
      // A click on a label leaves the focus where it was; keys go on from the step.
      board.querySelector(`.step[data-row="${row}"]`)?.focus({ preventScroll: true });
      Exchange.show(panel, data, pair, row, close);
    }
    function close() {
      const row = state.chosen;
      state.chosen = null;
      mark(null);
      Exchange.hint(panel);
      board.querySelector(`.step[data-row="${row}"]`)?.focus();
    }
    slider.addEventListener('input', () => change({ zoom: 2 ** Number(slider.value) }));
    place.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && state.chosen !== null) close();
    });
    place.append(
      make('div', { className: 'tools' }, axis, zoom, key(),
        make('span', { className: 'keys', textContent: 'Arrow keys move, Enter opens a step.' })),
      make('div', { className: 'board' }, board, panel));
    Exchange.hint(panel);
    draw();
    new ResizeObserver(() => {
      if (board.clientWidth > 0 && Math.abs(board.clientWidth - width) > 1) draw();
    }).observe(board);
  }

  function openIn(details) {
    for (const place of details.querySelectorAll(':scope > [data-lanes]')) open(place);
  }

  for (const details of document.querySelectorAll('details.pair')) {
    details.addEventListener('toggle', () => { if (details.open) openIn(details); });
    if (details.open) openIn(details);
  }
})();
