// Inside a scale, a digit chooses its number: Tab to the question, press 4, Tab on.
export function chooseByDigit(question) {
  question.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const radio = question.querySelector(`input[value="${CSS.escape(event.key)}"]`);
    if (!radio) return;
    radio.checked = true;
    radio.focus();
    event.preventDefault();
  });
}

document.querySelectorAll("[data-digits]").forEach(chooseByDigit);
