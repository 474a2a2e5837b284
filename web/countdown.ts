const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The two largest units of a duration, rounded up to the minute, in words: "2 jours et 4 heures". */
function inWords(milliseconds: number, language: string): string {
  const left = Math.ceil(Math.max(milliseconds, 0) / minute) * minute;
  const units: [string, number][] = [
    ["day", Math.floor(left / day)],
    ["hour", Math.floor((left % day) / hour)],
    ["minute", Math.floor((left % hour) / minute)],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  const shown = first < 0 ? units.slice(-1) : units.slice(first, first + 2).filter(([, count]) => count > 0);
  const words = shown.map(([unit, count]) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count));
  return new Intl.ListFormat(language).format(words);
}

/**
 * <count-down><time datetime="…">2 jours et 4 heures</time></count-down> keeps
 * the words true. It is not announced: a voice every minute would be no help.
 */
class CountDown extends HTMLElement {
  private timer = 0;

  connectedCallback() {
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  private tick() {
    const time = this.querySelector("time");
    const left = Date.parse(time?.dateTime ?? "") - Date.now();
    if (!time || Number.isNaN(left)) return;
    time.textContent = inWords(left, document.documentElement.lang);
    if (left > 0) this.timer = setTimeout(() => this.tick(), left % minute || minute);
    else this.dispatchEvent(new Event("over", { bubbles: true }));
  }
}
customElements.define("count-down", CountDown);
