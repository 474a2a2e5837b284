// <poll-bars data-poll data-total> keeps the bars of a poll true as people answer: the stream brings
// how often each answer was given (the page writes those numbers itself), four times a second at most.
// <poll-clock data-left> counts down the time that is left to answer.
import { listen } from "../../../web/session";

class PollBars extends HTMLElement {
  private stop = () => {};

  connectedCallback() {
    this.stop = listen(this, "counts", (data) => this.count(JSON.parse(data) as Record<string, number>));
  }

  disconnectedCallback() {
    this.stop();
  }

  private count(counts: Record<string, number>) {
    const poll = this.dataset["poll"] ?? "";
    if (counts[poll] !== undefined) this.dataset["total"] = String(counts[poll]);
    const total = Number(this.dataset["total"]);
    for (const bar of this.querySelectorAll<SVGRectElement>("[data-bar]")) {
      const key = bar.dataset["bar"] ?? "";
      const n = counts[`${poll}-${key}`];
      if (n !== undefined) bar.dataset["n"] = String(n);
      const share = total ? Math.min(100, Math.round((100 * Number(bar.dataset["n"])) / total)) : 0;
      bar.setAttribute("width", `${share}%`);
      const place = this.querySelector(`[data-share="${CSS.escape(key)}"]`);
      if (place) place.textContent = String(share);
    }
  }
}
customElements.define("poll-bars", PollBars);

class PollClock extends HTMLElement {
  private timer = 0;

  connectedCallback() {
    const end = performance.now() + Number(this.dataset["left"]);
    const show = () => this.show(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    show();
    this.timer = window.setInterval(show, 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  private show(seconds: number) {
    const place = this.querySelector("b");
    if (place) place.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds > 0) return;
    clearInterval(this.timer);
    this.textContent = this.dataset["over"] ?? "";
  }
}
customElements.define("poll-clock", PollClock);
