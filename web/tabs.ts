// On a phone the tabs are one row that slides: the page's own is brought into sight.

for (const current of document.querySelectorAll<HTMLElement>(".tabs [aria-current]")) {
  const row = current.closest("ul");
  if (row) row.scrollLeft = current.offsetLeft - row.offsetLeft - 24;
}
