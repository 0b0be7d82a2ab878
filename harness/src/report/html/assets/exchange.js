// Shows the exchange behind a step: request, response, timing, and what the checks say.
'use strict';

const Exchange = (() => {
  const { AT, TEXT, CALL, CHECKS } = Lanes.columns;

  function html(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function length(micros) {
    if (micros >= 1e6) return `${(micros / 1e6).toFixed(3)} s`;
    return `${(micros / 1e3).toFixed(micros < 1e4 ? 2 : 1)} ms`;
  }

  function list(entries) {
    const made = html('dl');
    for (const [name, value, isCode] of entries) {
      if (value === undefined || value === null || value === '') continue;
      const dd = html('dd');
      dd.append(isCode ? html('code', value) : value);
      made.append(html('dt', name), dd);
    }
    return made;
  }

  /** Whether a finding names this step: its poll, or its peer. */
  function isAbout(finding, row, call) {
    const peer = Lanes.peerOf(row).replace(': ', '');
    if (call && call.poll && finding.includes(`poll ${call.poll} of the ${peer}`)) return true;
    return !/\bpoll \d/.test(finding) && (!peer || !/(first|second|third) peer/.test(finding) || finding.includes(peer));
  }

  /** What each check that judges the step found for this pair. */
  function says(data, pair, row, call) {
    const made = html('ul', undefined, 'says');
    for (const name of (call ? call.checks : row[CHECKS]) ?? []) {
      const found = pair.found.filter(([check]) => check === name).map(([, detail]) => data.texts[detail]);
      const about = found.filter((finding) => isAbout(finding, row, call));
      const item = html('li', undefined, about.length > 0 ? 'bad' : 'good');
      const rest = found.length > 0 ? ' failed for this pair, by another step' : ' found nothing against it';
      item.append(html('code', data.texts[name]), about.length > 0 ? ` failed: ${about.join('; ')}` : rest);
      made.append(item);
    }
    return made.children.length > 0 ? [made] : [];
  }

  function hint(panel) {
    panel.className = 'exchange hint';
    panel.replaceChildren(html('p', 'Choose a step to see its request, its response, its timing, and what the checks say.'));
  }

  function show(panel, data, pair, index, close) {
    const row = pair.rows[index];
    const call = pair.calls[row[CALL]];
    const text = (number) => (number === undefined ? undefined : data.texts[number]);
    panel.className = 'exchange';
    const button = html('button', 'Close', 'close');
    button.type = 'button';
    button.addEventListener('click', close);
    const head = html('p', data.texts[row[TEXT]], 'title');
    const who = Lanes.peerOf(row).replace(': ', '');
    const details = call
      ? list([
        ['Peer', who],
        ['Poll', call.poll && String(call.poll)],
        ['Request', text(call.q), true],
        ['Response', text(call.a)],
        ['Record', text(call.r), true],
        ['Version', call.version !== undefined ? String(call.version) : undefined],
        ['Content', text(call.c)],
        ['Fault', text(call.fault)],
        ['Sent at', Lanes.seconds(call.s)],
        ['Took', length(call.d)],
      ])
      : list([['Peer', who], ['At', Lanes.seconds(row[AT])]]);
    panel.replaceChildren(button, head, details, ...says(data, pair, row, call));
  }

  return { hint, show };
})();
