// Requests to the control plane of this launcher, and what went wrong in one sentence.

const ROOT = '/__mock/';

/** Why a request had no result: a sentence, the status (0 without an answer), and more where there is more. */
export class Problem extends Error {
  constructor(sentence, status = 0, detail = '') {
    super(sentence);
    this.status = status;
    this.detail = detail;
  }
}

/** Whether a request was given up because its tab was left. */
export const isGone = (error) => error?.name === 'AbortError';

/** The path of a request: `pathOf('journal', { limit: 50 })`. Empty parameters are left out. */
export function pathOf(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return ROOT + path + (query && `?${query}`);
}

/** A client of the control plane whose requests end with `signal`. */
export function client(signal) {
  const ask = async (method, path, parameters, body) => {
    let answer;
    try {
      answer = await fetch(pathOf(path, parameters), {
        method,
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (isGone(error)) throw error;
      throw new Problem('The launcher does not answer. Is it still running?', 0, String(error));
    }
    return read(answer, `${method} ${ROOT}${path}`);
  };
  return {
    get: (path, parameters) => ask('GET', path, parameters),
    post: (path, body) => ask('POST', path, {}, body),
    put: (path, body) => ask('PUT', path, {}, body),
    delete: (path) => ask('DELETE', path, {}),
  };
}

async function read(answer, asked) {
  const text = await answer.text();
  let value = text;
  try {
    value = JSON.parse(text);
  } catch {
    // The word OK of what was done, or what is no answer of the control plane.
  }
  if (answer.ok) return value;
  const said = value?.description;
  // Of a path that it does not know, a launcher says the words of the launcher of old.
  const isUnknown = answer.status === 404 && (said ?? 'Endpoint Not Found') === 'Endpoint Not Found';
  if (isUnknown) throw new Problem('This launcher does not have what was asked for.', 404, asked);
  throw new Problem(sentence(said ?? `The launcher answered with status ${answer.status}`), answer.status, asked);
}

function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
