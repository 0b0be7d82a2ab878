// Checks, one after the other: each is a claim that holds or not.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Checks with a browser; pictures are saved in the folder `screenshots`. */
export class Checks {
  #browser;
  #screenshots;

  constructor(browser, screenshots) {
    this.#browser = browser;
    this.#screenshots = screenshots;
  }

  /** Prints whether a claim holds. If not, the program ends with exit code 1 at the end. */
  async check(claim, body) {
    try {
      await body();
      console.log(`ok    ${claim}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAIL  ${claim}`);
      console.log(error.stack);
      // A peer that is still in a room must not meet the peers of the next check.
      await Promise.allSettled(this.#browser.browserContexts().slice(1).map((context) => context.close()));
    }
  }

  /** Saves a picture of a page: of all of it, or of what is in view. */
  async picture(page, name, fullPage = true) {
    await mkdir(this.#screenshots, { recursive: true });
    const path = join(this.#screenshots, `${name}.png`);
    await page.tab.screenshot({ path, fullPage });
    console.log(`      picture: ${path}`);
  }
}
