// The words of fault rules: which calls and faults there are, and a rule as a sentence.

import { since } from './dom.js';

/** The calls that a rule can name. */
export const CALLS = [
  'authorise', 'check', 'revoke', 'hold_data_id', 'deserialise_data_id', 'serialise_data_id', 'drop_data_id', 'create', 'put',
  'post', 'patch', 'delete', 'unclaim', 'fetch', 'deserialise', 'metadata', 'data_id_of', 'serialise', 'validate_size', 'read',
  'drop_handle', 'choose_cipher_options', 'drop_cipher_options',
  'hold_appendable_data_id', 'open_writer', 'write', 'close_writer', 'drop_writer', 'open_reader', 'read_immutable',
  'drop_reader', 'create_appendable', 'put_appendable', 'post_appendable', 'append', 'fetch_appendable',
  'deserialise_appendable', 'appendable_metadata', 'appendable_data_id_of', 'serialise_appendable',
  'validate_appendable_size', 'item_at', 'deleted_item_at', 'sign_key_at', 'deleted_sign_key_at', 'filter_key_at',
  'add_to_filter', 'remove_from_filter', 'toggle_filter', 'remove_item', 'remove_deleted_item', 'restore_item', 'clear_items',
  'clear_deleted_items', 'drop_appendable', 'encrypt_key_of', 'drop_encrypt_key', 'own_sign_key', 'serialise_sign_key',
  'deserialise_sign_key', 'drop_sign_key', 'create_directory', 'read_directory', 'change_directory', 'delete_directory',
  'move_directory', 'create_file', 'read_file', 'change_file', 'delete_file', 'move_file', 'register_name', 'create_name',
  'add_service', 'delete_name', 'delete_service', 'list_names', 'list_services', 'read_home', 'read_service_file',
  'health', 'options', 'unknown',
];

/** The errors of the network that a call can be made to fail with. */
export const ERRORS = [
  'RequestTimeout', 'OperationAborted', 'NetworkOther', 'NoSuchAccount', 'NoSuchData', 'AccountExists', 'DataExists',
  'LowBalance', 'InvalidSuccessor', 'InvalidOperation', 'NetworkFull', 'DataTooLarge',
];

/** The faults: the word, what it does, and which settings it has besides. */
export const FAULTS = [
  ['delay', 'takes longer', ['ms', 'when']],
  ['lose_answer', 'is carried out, and its answer is lost', []],
  ['refuse', 'is refused: the connection is closed, and nothing is done', []],
  ['reset', 'is reset: nothing is done', []],
  ['fail', 'fails with an error of the network', ['error']],
  ['cut_off', 'does not reach the network', ['ms']],
  ['close_halfway', 'is answered by half: the connection is closed', []],
  ['empty_answer', 'has an empty answer', []],
  ['cut_answer', 'has half of its answer, with a matching length', []],
  ['malformed_answer', 'has an answer that cannot be parsed', []],
  ['stale_read', 'reads what was stored some time ago', ['ms']],
  ['slow_visibility', 'stores what others see only later', ['ms']],
  ['revoke_session', 'ends the session of the app', ['when']],
  ['lose_handles', 'makes the launcher lose all handles', ['when']],
  ['restart_launcher', 'restarts the launcher', ['when']],
];

/** A fault of a rule, from the settings of a form. */
export function faultOf(word, { ms, error, when }) {
  const of = {
    delay: () => ({ by: { fixed_ms: ms }, ...(when === 'after' ? { when } : {}) }),
    fail: () => ({ error }),
    cut_off: () => ({ after_ms: ms }),
    stale_read: () => ({ by_ms: ms }),
    slow_visibility: () => ({ by_ms: ms }),
    revoke_session: () => ({ when }),
    lose_handles: () => ({ when }),
    restart_launcher: () => ({ when }),
  }[word];
  return of ? { [word]: of() } : word;
}

/** A rule as a sentence. */
export function sentenceOf({ matching, fault, until }) {
  const [word, settings] = typeof fault === 'string' ? [fault, {}] : Object.entries(fault)[0];
  const what = FAULTS.find(([known]) => known === word)?.[1] ?? word;
  return `${which(matching)} ${what}${detail(word, settings)}${end(until)}.`;
}

function which({ call, method, mutating, peer, room, record, nth, from_nth: fromNth, every_nth: everyNth, chance }) {
  const kind = [mutating === undefined ? null : mutating ? 'mutating' : 'not mutating', method?.toUpperCase(), call ? `“${call}” call` : 'call'].filter(Boolean).join(' ');
  const words = [
    nth ? `The ${ordinal(nth)}` : everyNth ? `Every ${ordinal(everyNth)}` : 'Each',
    kind,
    fromNth ? `from the ${ordinal(fromNth)} on` : null,
    peer ? `of peer ${peer}` : null,
    room ? `in room ${room}` : null,
    record ? `about record ${record.slice(0, 8)}…` : null,
    chance === undefined ? null : `with a chance of ${Math.round(chance * 1_000) / 10} %`,
  ];
  return words.filter(Boolean).join(' ');
}

function ordinal(number) {
  const rest = number % 100;
  const end = rest > 10 && rest < 14 ? 'th' : { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th';
  return `${number}${end}`;
}

function detail(word, settings) {
  const { by, when, error } = settings;
  const times = {
    delay: () => ` by ${latency(by)}`,
    fail: () => ` (${error})`,
    cut_off: () => (settings.after_ms ? `, and fails after ${since(settings.after_ms)}` : ', and fails at once'),
    stale_read: () => `, ${since(settings.by_ms)}`,
    slow_visibility: () => `, after ${since(settings.by_ms)}`,
  }[word];
  const said = times ? times() : '';
  return when === 'after' ? `${said}, after it was carried out` : said;
}

function latency(by) {
  const [kind, value] = Object.entries(by)[0];
  if (kind === 'fixed_ms') return since(value);
  if (kind === 'uniform') return `${since(value.min_ms)} to ${since(value.max_ms)}`;
  return `about ${since(value.median_ms)}, at most ${since(value.max_ms)}`;
}

function end(until = {}) {
  const times = until.times ? `, ${until.times === 1 ? 'once' : `${until.times} times`}` : '';
  return times + (until.for_ms ? `, for ${since(until.for_ms)}` : '');
}
