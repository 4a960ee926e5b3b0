// A click on a case, or Enter on it, chooses it.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-key]");
  if (!button) return;
  button.classList.add("opening");
  props.value = { ...props.value, chosen: button.dataset.key };
  trigger("input");
});

// The chosen one, such as an own photo at the end of the row, comes into sight; the page stays.
function show() {
  const one = element.querySelector('[aria-pressed="true"]');
  let row = one?.parentElement;
  while (row && row !== element && row.scrollWidth <= row.clientWidth) row = row.parentElement;
  if (!row) return;
  const [inner, outer] = [one.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.right > outer.right) row.scrollLeft += inner.right - outer.right + 4;
  if (inner.left < outer.left) row.scrollLeft -= outer.left - inner.left + 4;
}
new MutationObserver(show).observe(element, { childList: true, subtree: true });
