const pause = 1000;
const longestPause = 30_000;

/**
 * <live-fragment src="…"> fetches src every second and puts the answer in its
 * own place. The answer holds a live-fragment again while the work goes on; when
 * it holds none, nothing asks any more. A page that is not looked at waits, and
 * a server in trouble is asked less and less often.
 */
class LiveFragment extends HTMLElement {
  private timer = 0;
  private failures = 0;

  connectedCallback() {
    this.querySelectorAll("noscript").forEach((element) => element.remove());
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  private wait() {
    this.timer = setTimeout(() => void this.refresh(), Math.min(pause * 2 ** this.failures, longestPause));
  }

  private async refresh() {
    const html = document.hidden ? null : await this.load();
    if (!this.isConnected) return;
    if (html === null) {
      this.wait();
      return;
    }
    const answer = new DOMParser().parseFromString(html, "text/html").body;
    answer.querySelectorAll("noscript").forEach((element) => element.remove());
    const next = answer.querySelector("live-fragment");
    if (next instanceof HTMLElement && answer.children.length === 1) {
      this.update(next);
      this.wait();
    } else {
      this.replaceWith(...answer.childNodes);
    }
  }

  /** Changes only what differs, so that the focus and what one reads stay in place. */
  private update(next: HTMLElement) {
    const src = next.getAttribute("src");
    if (src) this.setAttribute("src", src);
    if (next.innerHTML !== this.innerHTML && !this.contains(document.activeElement)) {
      this.replaceChildren(...next.childNodes);
    }
  }

  private async load(): Promise<string | null> {
    try {
      const answer = await fetch(this.getAttribute("src") ?? "", { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.failures = 0;
      return await answer.text();
    } catch {
      this.failures++; // seen by the reader as a figure that stands still; asked again soon
      return null;
    }
  }
}
customElements.define("live-fragment", LiveFragment);
