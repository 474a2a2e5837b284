// <details data-menu>: closes on Escape, giving the focus back, and when one
// clicks or tabs elsewhere.

const openMenus = () => document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    menu.open = false;
  }
});

function closeUnless(target: EventTarget | null) {
  for (const menu of openMenus()) {
    if (!(target instanceof Node && menu.contains(target))) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeUnless(event.target));
document.addEventListener("focusin", (event) => closeUnless(event.target));
