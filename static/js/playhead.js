// A line over the notes where the sound is; a click on the notes takes the sound there.
export function attachPlayhead(element) {
  const audio = element.querySelector("audio");
  const picture = element.querySelector("[data-picture]");
  const head = element.querySelector("[data-head]");
  if (!audio || !picture) return;

  const draw = () => {
    head.hidden = !audio.duration || (audio.paused && audio.currentTime === 0);
    if (audio.duration) head.style.left = `${(100 * audio.currentTime) / audio.duration}%`;
    if (!audio.paused) requestAnimationFrame(draw);
  };
  for (const event of ["play", "pause", "ended", "seeked"]) audio.addEventListener(event, draw);
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
  });
  picture.addEventListener("click", async (event) => {
    const place = picture.getBoundingClientRect();
    const share = (event.clientX - place.left) / place.width;
    try { await audio.play(); } catch { return; }
    audio.currentTime = share * audio.duration;
  });
}

document.querySelectorAll("[data-playhead]").forEach(attachPlayhead);
