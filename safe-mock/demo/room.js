// Names: a room, an answer id, and the record each is stored under. The address of an item is
// btoa('example.signaling.v1-<item>'), and the record is named by the SHA-256 of that base64 text.

const ADDRESS_PREFIX = 'example.signaling.v1-';

/** The longest room name, in characters. */
export const MAX_ROOM_NAME_CHARS = 1024;

/** What is wrong with a room name, in one sentence, or null. */
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

/** The item under which an initiator waits for its answer. Each peer draws its own. */
export const drawAnswerId = (room) => `${room}-${Math.random()}`;

/** The name of an item's record on the network: base64 of 32 bytes. */
export const recordName = (item) => hash(btoa(ADDRESS_PREFIX + item));

/** The SHA-256 of a text, in base64: what an answer names the session description by that it answers. */
export async function hash(text) {
  if (!crypto.subtle) throw new Error('browsers make names only for pages from this machine: open it at localhost');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
