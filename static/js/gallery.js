// Clips compared by ear from the keyboard: J and K move, space plays and pauses; whoever moves while a clip plays hears the next.
export function attachGallery(gallery) {
  const cards = [...gallery.querySelectorAll("li")].filter((card) => card.querySelector("audio"));
  let current = -1;

  const go = (step) => {
    const playing = cards[current] && !cards[current].querySelector("audio").paused;
    const next = Math.min(Math.max(current + step, 0), cards.length - 1);
    if (next === current) return;
    if (playing) cards[current].querySelector("audio").pause();
    choose(next);
    if (playing) play(cards[next]);
  };
  const choose = (place) => {
    cards[current]?.removeAttribute("aria-current");
    current = place;
    cards[current].setAttribute("aria-current", "true");
    cards[current].scrollIntoView({ block: "nearest" });
    cards[current].querySelector("a").focus({ preventScroll: true });
  };
  const play = (card) => {
    const audio = card.querySelector("audio");
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  };

  cards.forEach((card, place) => card.querySelector("audio").addEventListener("play", () => { if (place !== current) choose(place); }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select, button, audio, summary")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === " " && cards.length) {
      event.preventDefault();
      if (current < 0) choose(0);
      play(cards[current]);
    }
  });
}

document.querySelectorAll("[data-gallery]").forEach(attachGallery);
