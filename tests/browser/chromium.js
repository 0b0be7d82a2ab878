// Headless Chromium, as the demo page needs it to reach peers on this machine.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import puppeteer from 'puppeteer-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The program of Chromium in the folders of PATH. */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`Chromium is not installed: none of ${NAMES.join(', ')} is in PATH`);
  return found;
}

/** Starts it. */
export const launch = (executablePath) =>
  puppeteer.launch({
    executablePath,
    args: [
      // CI runs as root in a container.
      '--no-sandbox',
      // Without these flags Chromium hides its addresses behind mDNS names and ignores loopback.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--allow-loopback-in-peer-connection',
    ],
  });
