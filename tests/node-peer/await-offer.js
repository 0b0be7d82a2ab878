// Waits until a room has an offer, at the launcher on localhost:8100.
//
//   node await-offer.js ROOM

import { offered } from './stored.js';

await offered('http://localhost:8100', process.argv[2]);
