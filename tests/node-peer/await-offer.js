// Waits until the launcher on localhost:8100 has an offer in a room.
//
//   node await-offer.js ROOM

import { offered } from './stored.js';

await offered('http://localhost:8100', process.argv[2]);
