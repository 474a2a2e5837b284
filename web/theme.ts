/** <theme-choice> around the form of appearances: changes the page at once, and sends the choice along. */
class ThemeChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => void this.choose(event));
  }

  private async choose(event: SubmitEvent) {
    const form = event.target as HTMLFormElement;
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    document.documentElement.dataset["theme"] = button.value;
    for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    const body = new URLSearchParams({ theme: button.value, back: location.pathname });
    try {
      await fetch(form.action, { method: "POST", body, redirect: "manual" });
    } catch {
      form.submit(); // the usual way says what is wrong
    }
  }
}
customElements.define("theme-choice", ThemeChoice);
