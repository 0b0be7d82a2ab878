// Names: of a room, of an answer, and of their records. The address of an item is btoa('example.signaling.v1-<item>'),
// and its record is named by the SHA-256 of that base64 text.

const ADDRESS_PREFIX = 'example.signaling.v1-';

/** The longest room name, in characters. */
export const MAX_ROOM_NAME_CHARS = 1024;

/** The problem of a room name, in one sentence, or null. */
export function problemWith(room) {
  const chars = [...room];
  const foreign = chars.find((char) => char > '\u00ff');
  if (chars.length === 0) return 'the name is empty';
  if (foreign) return `the name has the character '${foreign}'; only characters up to U+00FF can be used`;
  if (chars.length > MAX_ROOM_NAME_CHARS) {
    return `the name has ${chars.length} characters; at most ${MAX_ROOM_NAME_CHARS} can be used`;
  }
  return null;
}

/** The item of the answer to an initiator: a new one for each peer. */
export const drawAnswerId = (room) => `${room}-${Math.random()}`;

/** The name of an item's record on the network: base64 of 32 bytes. */
export const recordName = (item) => hash(btoa(ADDRESS_PREFIX + item));

/** The SHA-256 of a text, in base64. An answer names the session description of its offer by it. */
export async function hash(text) {
  if (!crypto.subtle) throw new Error('browsers offer SHA-256 only to pages from this machine: open the page at localhost');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
