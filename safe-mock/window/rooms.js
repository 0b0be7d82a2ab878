// The tab of the rooms: the list of those that were used, and one of them in detail.

import { make, replace } from './dom.js';
import { RoomDetail } from './rooms-detail.js';
import { noRooms, RoomList } from './rooms-list.js';

/** How often the rooms are asked for though nothing has changed. */
const AGAIN_MS = 5_000;

/** A number of a room in the address, if it is one. */
function numberOf(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

export const rooms = {
  id: 'rooms',
  title: 'Rooms',
  watches: ['rooms'],

  mount(root, page) {
    const list = new RoomList(page);
    const detail = new RoomDetail(page);
    const split = make('div', { class: 'rooms-split' }, list.element, detail.element);
    const title = make('h2', { class: 'unseen', text: 'Rooms' });
    let [number, before] = [];

    /** Without a room in the address, the newest one is shown. */
    async function loadNow() {
      const { newest, isEmpty } = await list.load(number, before);
      if (isEmpty && number === undefined) {
        if (root.querySelector('.empty')) return;
        const { launchers, demo } = await page.api.get('launchers');
        replace(root, title, noRooms(launchers, demo));
        return;
      }
      if (!split.isConnected) replace(root, title, split);
      // On a narrow screen there is either the list or the room that was chosen.
      split.dataset.open = String(number !== undefined);
      await detail.load(number ?? newest);
    }

    /** Where the list is hidden, the room begins at the top, and the keyboard goes on from there. */
    function begin() {
      if (number === undefined || getComputedStyle(list.element).display !== 'none') return;
      window.scrollTo(0, 0);
      detail.element.querySelector('a')?.focus({ preventScroll: true });
    }

    // One at a time: the two parts belong together.
    let loading = Promise.resolve();
    const load = () => (loading = loading.catch(() => {}).then(loadNow));

    // A room in which nothing happens any more has no changes, but its sentence says for how long.
    const timer = setInterval(() => document.hidden || load().catch(() => {}), AGAIN_MS);
    page.signal.addEventListener('abort', () => clearInterval(timer));

    return {
      show(route) {
        [number, before] = [numberOf(route.parts[0]), numberOf(route.query.get('before'))];
        return load().then(begin);
      },
      update: load,
    };
  },
};
