// What a page costs on a slow line, and whether it can be used without a mouse.
import assert from "node:assert/strict";

/** A line of 400 kb/s whose round trip takes 400 ms. */
const slowLine = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };

/**
 * Opens the address as for the first time, on a slow line. Resolves with the bytes transferred (fonts
 * aside), and the moments, in ms from the request, of the answer's first byte and of the first thing painted.
 */
export async function cost(context, address) {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.clearBrowserCache");
  await cdp.send("Network.emulateNetworkConditions", slowLine);
  const fonts = new Set();
  let bytes = 0;
  cdp.on("Network.responseReceived", (e) => e.type === "Font" && fonts.add(e.requestId));
  cdp.on("Network.loadingFinished", (e) => { if (!fonts.has(e.requestId)) bytes += e.encodedDataLength; });
  await page.goto(address, { waitUntil: "networkidle" });
  const times = await page.evaluate(() => ({
    answered: performance.getEntriesByType("navigation")[0].responseStart,
    painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  }));
  await page.close();
  return { bytes, ...times };
}

/** Moves with Tab until what has the focus fits; each stop on the way must be seen to have it. */
export async function tabTo(page, fits, most = 120) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(focused);
    assert.ok(at.seen, `the focus cannot be seen on ${at.what}`);
    if (fits(at)) return at;
  }
  throw new Error(`not reached in ${most} presses of Tab`);
}

/** Runs in the page: what has the focus, and whether an outline or a shadow shows it. */
function focused() {
  const e = document.activeElement;
  const shown = (x) => { const s = getComputedStyle(x); return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none"; };
  const label = e.labels?.[0];
  return { what: e.outerHTML.slice(0, 120), name: (label ?? e).innerText?.replace(/\s+/g, " ").trim() ?? "", field: e.name ?? "", type: e.type ?? "",
    form: e.form?.getAttribute("action") ?? "", seen: e === document.body || shown(e) || (label != null && shown(label)) };
}
