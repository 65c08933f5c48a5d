// A button beside a field that copies what stands in it, and says so.
export function offerCopy(element) {
  const field = element.querySelector("input");
  const button = element.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// Only where the browser lets a page copy: over https, or on this machine.
if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offerCopy);
