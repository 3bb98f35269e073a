// One headless chromium for many pages, driven over a pair of pipes, so that nothing but Node itself is needed.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a browser. Every address that it wants to load goes through `allow`, which says whether it may. */
export async function start(allow) {
  const profile = mkdtempSync(join(tmpdir(), "lmq-pages-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--remote-debugging-pipe", `--user-data-dir=${profile}`];
  const child = spawn("chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [, , , input, output] = child.stdio;
  const waiting = new Map();
  const listeners = new Map();
  const gone = new Promise((_, reject) => {
    const say = what => reject(new Error(`chromium ${what}`));
    child.on("error", error => say(error.code === "ENOENT" ? "is not installed" : error.message));
    child.on("exit", code => say(`ended with ${code}`));
  });
  gone.catch(() => {});
  input.on("error", () => {});
  let rest = "";
  output.setEncoding("utf8");
  output.on("data", data => {
    const parts = (rest + data).split("\0");
    rest = parts.pop();
    for (const part of parts) {
      const message = JSON.parse(part);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (call) message.error ? call.reject(new Error(`${call.method}: ${message.error.message}`)) : call.resolve(message.result);
      else listeners.get(message.method)?.(message.params);
    }
  });
  let last = 0;
  const send = (method, params = {}, sessionId) => Promise.race([gone, new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject, method });
    input.write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
  })]);

  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => send(method, params, sessionId);
  listeners.set("Fetch.requestPaused", ({ requestId, request }) => {
    const verdict = allow(request.url) ? ["Fetch.continueRequest", {}] : ["Fetch.failRequest", { errorReason: "BlockedByClient" }];
    page(verdict[0], { requestId, ...verdict[1] }).catch(() => {});
  });
  await page("Page.enable");
  await page("Fetch.enable");

  return {
    async open(url) {
      const loaded = new Promise(resolve => listeners.set("Page.loadEventFired", resolve));
      const { errorText } = await page("Page.navigate", { url });
      if (errorText) throw new Error(`${url}: ${errorText}`);
      await Promise.race([gone, loaded]);
    },
    /** The window as so wide and high, in light or dark, on the screen or on paper. */
    async look({ width, height = 1200, scheme = "light", media = "screen" }) {
      await page("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
      await page("Emulation.setEmulatedMedia", { media, features: [{ name: "prefers-color-scheme", value: scheme }] });
    },
    /** What an expression comes to on the page; the page's own policy does not hold for it. */
    async run(expression) {
      const { result, exceptionDetails: thrown } =
        await page("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (thrown) throw new Error(thrown.exception?.description ?? thrown.text);
      return result.value;
    },
    /** The page as a PNG, all of it or its upper `height` pixels. */
    async picture(width, height) {
      height ??= Math.ceil((await page("Page.getLayoutMetrics")).cssContentSize.height);
      const clip = { x: 0, y: 0, width, height, scale: 1 };
      const { data } = await page("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
      return Buffer.from(data, "base64");
    },
    /** The page as a PDF, on paper of so many inches. */
    async print([paperWidth, paperHeight]) {
      const { data } =
        await page("Page.printToPDF", { paperWidth, paperHeight, preferCSSPageSize: false, printBackground: false });
      return Buffer.from(data, "base64");
    },
    async close() {
      await send("Browser.close").catch(() => {});
      await gone.catch(() => {});
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Sizes of paper in inches. */
export const PAPERS = { A4: [8.27, 11.69], Letter: [8.5, 11] };
