import { launch } from './chromium.js';
import { WindowPage, PHONE } from './window-page.js';
const browser = await launch(process.argv[2]);
const page = await WindowPage.open(browser, 'http://127.0.0.1:18101', '__mock/#requests');
page.tab.setDefaultTimeout(10000);
try {
  await page.reads('fetch', '#request-rows');
  await page.click('#request-rows .row');
  await page.reads('Request', '.detail h2');
  await page.tab.screenshot({ path: '/tmp/window-shots/req.png' });
  await page.tab.setViewport(PHONE);
  await page.tab.screenshot({ path: '/tmp/window-shots/req-phone.png', fullPage: true });
  await page.tab.setViewport({ width: 1280, height: 900 });
  await page.goTo('#apps'); await page.reads('session'); await page.tab.screenshot({ path: '/tmp/window-shots/apps.png' });
  await page.goTo('#network'); await page.reads('records'); await page.tab.screenshot({ path: '/tmp/window-shots/net.png' });
  console.log(page.troubles);
} catch (e) { console.log(e.message); }
await browser.close();
