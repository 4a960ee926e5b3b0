// Which cards are shown: by group, and by words in what a card says.
const form = document.querySelector("form");
const cards = [...document.querySelectorAll("article")];
const texts = cards.map((card) => card.textContent.toLowerCase());
const none = document.querySelector(".none");

function filter() {
  const words = form.elements.find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const group = form.elements.group.value;
  let shown = 0;
  cards.forEach((card, i) => {
    const fits = (!group || card.dataset.group === group) && words.every((w) => texts[i].includes(w));
    card.hidden = !fits;
    shown += fits;
  });
  form.elements.shown.value = `${shown} / ${cards.length}`;
  none.hidden = shown > 0;
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
