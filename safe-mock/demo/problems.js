// What can go wrong in a meeting: each problem is one plain sentence, and has its details apart.

/** Error codes of the launcher. */
const NO_CONTENT = -2;
const DATA_EXISTS = -23;
const NOT_THE_SUCCESSOR = -25;
const NETWORK_TIMED_OUT = -37;

/** A problem with a sentence for the user; `details` are pairs of a name and a text. */
export class Problem extends Error {
  constructor(sentence, details = []) {
    super(sentence);
    this.details = details;
  }
}

/** The launcher did not answer with 200. */
export class LauncherError extends Problem {
  constructor(method, path, status, text) {
    const { errorCode, description } = asError(text);
    super(sentence(path, status, description), [
      ['Request', `${method} ${path}`],
      ['Answer', errorCode === undefined ? `${status}: ${description}` : `${status}, error ${errorCode}: ${description}`],
    ]);
    this.status = status;
    this.code = errorCode;
    this.path = path;
  }

  get isNotFound() {
    return this.status === 404;
  }

  /** Whether the record was deleted. */
  get isEmptied() {
    return this.code === NO_CONTENT;
  }

  /** Whether another peer stored something there first. */
  get isTaken() {
    return this.code === DATA_EXISTS || this.code === NOT_THE_SUCCESSOR;
  }

  /** Whether the user did not let the app in. */
  get isRefusal() {
    return this.status === 401 && this.path.endsWith('/auth');
  }

  /** Whether the session has ended: the app was revoked, or the launcher has restarted. */
  get isSessionLost() {
    return this.status === 401 && !this.isRefusal;
  }

  /** Whether the launcher may have carried out the request. */
  get leavesOpen() {
    return this.code === NETWORK_TIMED_OUT;
  }

  /** Whether the same request may succeed later. */
  get isTransient() {
    return this.status !== 401;
  }
}

/** No answer came. */
export class NoAnswer extends Problem {
  leavesOpen = true;
  isTransient = true;

  constructor(method, path, waitedMs) {
    const sentence =
      waitedMs === undefined
        ? 'The launcher cannot be reached: is it still running?'
        : `The launcher has not answered for ${waitedMs / 1_000}\u00a0s.`;
    super(sentence, [['Request', `${method} ${path}`], ['Answer', 'none']]);
  }
}

function sentence(path, status, description) {
  if (status === 401 && path.endsWith('/auth')) {
    return 'The launcher refused to authorise the app: its user did not let the app in, or nobody is logged in.';
  }
  if (status === 401) return 'The session with the launcher has ended: its user revoked the app, or the launcher was restarted.';
  return `The launcher refused a request: ${String(description).replace(/\.$/, '')}.`;
}

function asError(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { description: text.slice(0, 500) };
  }
}
