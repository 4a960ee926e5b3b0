// A click on a case, or Enter on it, chooses it.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-key]");
  if (!button) return;
  button.classList.add("opening");
  props.value = { ...props.value, chosen: button.dataset.key };
  trigger("input");
});
