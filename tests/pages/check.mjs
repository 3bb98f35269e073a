// Checks HTML pages: axe-core finds nothing, on a screen in light and dark and at a phone's width; nothing is wider than the
// page, no words of a chart lie on others or outside of it; on A4 and Letter no chart is cut; the page is small, has no
// script and loads nothing.
// usage: node check.mjs AXE FILE.html …     tests/pages/check installs what it needs

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PAPERS, start } from "./browser.mjs";

const MAX_BYTES = 300 * 1024;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCREENS = [
  { width: 1000, scheme: "light" }, { width: 1000, scheme: "dark" },
  { width: 390, scheme: "light" }, { width: 390, scheme: "dark" }, { width: 320, scheme: "light" },
];
/** Pixels to an inch in CSS, and the margin of report.css on each side. */
const INCH = 96, MARGIN = 15 / 25.4;

const [axe, ...files] = process.argv.slice(2);
if (!axe || files.length === 0) {
  console.error("usage: node check.mjs AXE FILE.html …");
  process.exit(2);
}
const missing = files.filter(file => !existsSync(file));
if (missing.length > 0) {
  console.error(`no such file: ${missing.join(", ")}`);
  process.exit(2);
}
const axeText = readFileSync(axe, "utf8");

/** Runs on the page: what axe-core objects to. */
const objections = async rules => {
  const { passes, violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return [passes.length, violations.flatMap(rule => rule.nodes.map(node => `${rule.id} (${rule.impact}): ${node.target} ${node.failureSummary}`))];
};

/** Runs on the page: what sticks out of it, and words of charts that lie on others. */
const layout = () => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`the page can be moved sideways: ${document.documentElement.scrollWidth} of ${wide} pixels`);
  const say = element => `"${element.textContent.trim().slice(0, 40)}" (${element.closest("section")?.id ?? element.tagName})`;
  for (const element of document.querySelectorAll("h1, h2, p, dt, dd, svg text, svg rect, figcaption span, summary")) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.left < -.5 || box.right > wide + .5)) found.push(`${say(element)} sticks out: ${box.left.toFixed()} to ${box.right.toFixed()} of ${wide}`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    const texts = [...svg.querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()]);
    texts.forEach(([one, a], index) => {
      for (const [other, b] of texts.slice(index + 1)) {
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) {
          found.push(`${say(one)} lies on ${say(other)}`);
        }
      }
    });
  }
  for (const dd of document.querySelectorAll("dd")) {
    if (dd.scrollWidth > dd.parentElement.clientWidth + 1) found.push(`${say(dd)} is wider than its place`);
  }
  return found;
};

/** Runs on the page as on paper `high` pixels high: charts that a page can't hold, or may cut. */
const cut = high => [...document.querySelectorAll("svg, figure:not(:has(svg + svg)), figcaption, dl, tr, .note")].flatMap(element => {
  const where = `a ${element.tagName.toLowerCase()} of ${element.closest("section")?.id}`;
  const box = element.getBoundingClientRect();
  return [
    box.height > high && `${where} is ${box.height.toFixed()} pixels high and the paper ${high.toFixed()}`,
    !["avoid", "avoid-page"].includes(getComputedStyle(element).breakInside) && `${where} may be cut by the end of the paper`,
  ].filter(Boolean);
});

/** Sheets of a PDF: chromium writes each as an object of its own. */
const sheets = pdf => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;

let url = "", passed = 0, faults = 0;
const loads = [];
const browser = await start(address => {
  if (address !== url && !address.startsWith("about:")) loads.push(address);
  return address === url;
});
try {
  for (const file of files) {
    const found = [];
    const bytes = statSync(file).size;
    if (bytes > MAX_BYTES) found.push(`${bytes} bytes are more than ${MAX_BYTES}`);
    url = pathToFileURL(resolve(file)).href;
    loads.length = 0;
    await browser.look(SCREENS[0]);
    await browser.open(url);
    const scripts = await browser.run(`document.scripts.length +
      [...document.querySelectorAll("*")].filter(one => [...one.attributes].some(({ name, value }) => /^on/.test(name) || /^\\s*javascript:/i.test(value))).length`);
    if (scripts > 0) found.push(`${scripts} scripts`);
    const pages = [];
    for (const [paper, [width, height]] of Object.entries(PAPERS)) {
      const inner = { width: Math.floor((width - 2 * MARGIN) * INCH), height: Math.floor((height - 2 * MARGIN) * INCH) };
      await browser.look({ ...inner, media: "print" });
      found.push(...(await browser.run(`[...(${layout})(), ...(${cut})(${inner.height})]`)).map(what => `${paper}: ${what}`));
      const printed = sheets(await browser.print(PAPERS[paper]));
      pages.push(`${printed} of ${paper}`);
      if (printed === 0) found.push(`${paper}: nothing was printed`);
      if (printed > 1 && await browser.run("document.querySelector('main.one') !== null")) found.push(`${paper}: the summary takes ${printed} sheets`);
    }
    // From here on the page is ours: folded tables are opened, and axe-core is loaded beside it.
    await browser.run("document.querySelectorAll('details').forEach(one => one.open = true)");
    await browser.run(axeText + ";0");
    for (const screen of SCREENS) {
      await browser.look(screen);
      const name = `${screen.width} pixels, ${screen.scheme}: `;
      found.push(...(await browser.run(`(${layout})()`)).map(what => name + what));
      const [rules, wrong] = await browser.run(`(${objections})(${JSON.stringify(RULES)})`);
      if (rules === 0) found.push(`${name}axe-core ran no rule`);
      found.push(...wrong.map(what => name + what));
    }
    found.push(...new Set(loads.map(address => `loads ${address}`)));
    console.log(`${basename(file)}: ${bytes} bytes, ${pages.join(", ")}${found.length ? "" : ", nothing found"}`);
    const lines = [...new Set(found)].map(what => `    ${what.replaceAll("\n", " ")}`);
    if (lines.length) console.log([...lines.slice(0, 100), ...(lines.length > 100 ? [`    and ${lines.length - 100} more`] : [])].join("\n"));
    found.length ? faults++ : passed++;
  }
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${faults} failed`);
process.exit(faults > 0 ? 1 : 0);
