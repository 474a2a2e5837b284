// <vote-rank> makes a list of rank selects movable: by dragging a row, or with its up and down
// buttons. Rows above the line are ranked in their order, rows under it are left out. The selects
// stay the ballot: they can be changed directly, and whatever moves writes to them.

class VoteRank extends HTMLElement {
  private list!: HTMLElement;
  private line!: HTMLElement;
  private said!: HTMLElement;

  connectedCallback(): void {
    const list = this.querySelector("ol");
    if (!list || this.line) return;
    this.list = list;
    this.line = document.createElement("li");
    this.line.className = "rank-line";
    this.line.textContent = this.dataset["line"] ?? "";
    list.append(this.line);
    this.said = document.createElement("p");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    this.append(this.said);
    for (const row of this.rows()) this.equip(row);
    list.addEventListener("change", () => this.sort());
    this.sort();
    this.classList.add("rank-ready");
  }

  private rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(".rank-row")];
  }

  private select(row: HTMLElement): HTMLSelectElement {
    return row.querySelector("select") as HTMLSelectElement;
  }

  private name(row: HTMLElement): string {
    return row.querySelector("label")?.textContent?.trim() ?? "";
  }

  private equip(row: HTMLElement): void {
    const handle = document.createElement("span");
    handle.className = "rank-handle";
    handle.title = this.dataset["drag"] ?? "";
    handle.setAttribute("aria-hidden", "true");
    handle.textContent = "⠿";
    handle.addEventListener("pointerdown", (event) => this.drag(event, row));
    row.prepend(handle);
    for (const [sign, step, words] of [["↑", -1, this.dataset["up"]], ["↓", 1, this.dataset["down"]]] as const) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet btn-small rank-move";
      button.textContent = sign;
      button.setAttribute("aria-label", `${words ?? ""} ${this.name(row)}`);
      button.addEventListener("click", () => {
        this.move(row, step);
        button.focus();
      });
      row.append(button);
    }
  }

  /** Puts the rows in the order of their ranks, those without one under the line. */
  private sort(): void {
    const rank = (row: HTMLElement) => Number(this.select(row).value) || Infinity;
    const rows = this.rows().sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
    const ranked = rows.filter((row) => rank(row) !== Infinity);
    this.list.append(...ranked, this.line, ...rows.filter((row) => rank(row) === Infinity));
  }

  private ranked(row: HTMLElement): boolean {
    return Boolean(row.compareDocumentPosition(this.line) & Node.DOCUMENT_POSITION_FOLLOWING);
  }

  private move(row: HTMLElement, step: number): void {
    if (step < 0) {
      if (!this.ranked(row)) this.line.before(row);
      else if (row.previousElementSibling) row.previousElementSibling.before(row);
    } else if (this.ranked(row) && row.nextElementSibling) row.nextElementSibling.after(row);
    this.write(row);
  }

  /** Numbers the rows above the line from 1. */
  private write(moved: HTMLElement): void {
    let rank = 0;
    for (const row of this.rows()) this.select(row).value = this.ranked(row) ? String(++rank) : "";
    this.list.dispatchEvent(new Event("input", { bubbles: true }));
    const value = this.select(moved).value;
    const words = (value ? this.dataset["ranked"] : this.dataset["unranked"]) ?? "";
    this.said.textContent = `${this.name(moved)} : ${words} ${value}`;
  }

  /** Follows the pointer on the window: an element that is moved in its list loses its capture. */
  private drag(start: PointerEvent, row: HTMLElement): void {
    start.preventDefault();
    row.classList.add("rank-dragged");
    const over = (event: PointerEvent) => {
      const under = [...this.list.children].find((other) => {
        const box = other.getBoundingClientRect();
        return other !== row && event.clientY >= box.top && event.clientY <= box.bottom;
      });
      if (!under) return;
      const box = under.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) under.before(row);
      else under.after(row);
    };
    const end = () => {
      row.classList.remove("rank-dragged");
      window.removeEventListener("pointermove", over);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      this.write(row);
    };
    window.addEventListener("pointermove", over);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }
}

customElements.define("vote-rank", VoteRank);
