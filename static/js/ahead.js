// Fetches the next clip once the present one is there, so that it plays at once.
export function fetchAhead(element) {
  const audio = document.querySelector("audio");
  const load = () => {
    const suffix = audio.currentSrc.split(".").pop();
    fetch(element.dataset.ahead.replace(/[^.]+$/, suffix), { priority: "low" }).catch(() => {});
  };
  if (audio.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA) load();
  else audio.addEventListener("canplaythrough", load, { once: true });
}

document.querySelectorAll("[data-ahead]").forEach(fetchAhead);
