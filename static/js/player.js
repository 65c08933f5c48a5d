// A round button for an <audio> element, with the time around it. Without this module the browser's own controls stay.
export function attachPlayer(player) {
  const audio = player.querySelector("audio");
  const button = player.querySelector("button");
  const time = player.querySelector("[data-time]");
  const played = player.querySelector(".played");

  audio.controls = false;
  button.hidden = false;

  const draw = () => {
    const share = audio.duration ? audio.currentTime / audio.duration : 0;
    played.setAttribute("stroke-dasharray", `${100 * share} 200`);
    if (time) time.textContent = clock(audio.currentTime);
    if (!audio.paused) requestAnimationFrame(draw);
  };
  const say = () => {
    button.classList.toggle("playing", !audio.paused);
    button.setAttribute("aria-label", audio.paused ? button.dataset.play : button.dataset.pause);
    draw();
  };

  button.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    pauseOthers(audio);
    audio.play().catch(() => {}); // a sound that cannot be played says so in its own event
  });
  for (const event of ["play", "pause", "ended", "seeked"]) audio.addEventListener(event, say);
}

function pauseOthers(audio) {
  for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

document.querySelectorAll("[data-player]").forEach(attachPlayer);
