// Prints a session description as browsers make it for one data channel, different in each run. No peer is behind it.
//
//   node sdp.js offer|answer

import { randomBytes } from 'node:crypto';

const setup = { offer: 'actpass', answer: 'active' }[process.argv[2]];
if (!setup) throw new Error('usage: node sdp.js offer|answer');

const hex = (length) => randomBytes(length).toString('hex');
const fingerprint = hex(32).toUpperCase().match(/../g).join(':');
const session = randomBytes(6).readUIntBE(0, 6);

const lines = [
  'v=0',
  `o=- ${session} 2 IN IP4 127.0.0.1`,
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  `a=candidate:${randomBytes(4).readUInt32BE()} 1 udp 2113937151 192.0.2.7 51214 typ host generation 0 network-cost 999`,
  'a=end-of-candidates',
  `a=ice-ufrag:${hex(2)}`,
  `a=ice-pwd:${hex(12)}`,
  `a=fingerprint:sha-256 ${fingerprint}`,
  `a=setup:${setup}`,
  'a=mid:0',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
];
process.stdout.write(lines.map((line) => `${line}\r\n`).join(''));
