// usage: node tests/pages/shoot.mjs PAGE.html OUT WIDTH HEIGHT|- light|dark     a picture of a page, OUT.png
//        node tests/pages/shoot.mjs PAGE.html OUT A4|Letter                    the page printed, OUT.pdf

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PAPERS, start } from "./browser.mjs";

const [file, out, width, height, scheme] = process.argv.slice(2);
const browser = await start(url => url.startsWith("file:"));
try {
  await browser.open(pathToFileURL(resolve(file)).href);
  if (PAPERS[width]) {
    writeFileSync(out, await browser.print(PAPERS[width]));
  } else {
    await browser.look({ width: Number(width), scheme });
    writeFileSync(out, await browser.picture(Number(width), height === "-" ? undefined : Number(height)));
  }
} finally {
  await browser.close();
}
