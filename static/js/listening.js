// Which stretches of the clip were played: kept for the form, shown on the ring, asked for before the form goes.
export function watchListening(form) {
  const audio = form.querySelector("audio");
  const length = Number(form.dataset.length);
  const needed = length * Number(form.dataset.share);
  const kept = `heard ${form.dataset.clip}`; // survives a reload, goes with the tab
  const stretches = JSON.parse(form.elements.heard.value || sessionStorage.getItem(kept) || "[]");
  let open = null;

  const tell = () => {
    const heard = secondsHeard(stretches);
    form.elements.heard.value = JSON.stringify(stretches);
    sessionStorage.setItem(kept, form.elements.heard.value);
    form.querySelector(".heard").setAttribute("stroke-dasharray", `${100 * Math.min(1, heard / length)} 200`);
    if (heard < needed) return false;
    form.classList.add("heard-enough");
    form.querySelector("[data-before]").hidden = true;
    form.querySelector("[data-after]").hidden = false;
    form.querySelector("[data-hasty]").hidden = true;
    return true;
  };
  const start = () => {
    open = [audio.currentTime, audio.currentTime];
    stretches.push(open);
  };
  const extend = () => {
    if (open && audio.currentTime > open[1]) open[1] = Math.round(audio.currentTime * 100) / 100;
    tell();
  };
  const stop = () => {
    if (!audio.seeking) extend();
    open = null;
  };

  audio.addEventListener("playing", start);
  audio.addEventListener("timeupdate", () => audio.seeking || extend());
  for (const event of ["pause", "ended", "seeking", "waiting"]) audio.addEventListener(event, stop);
  form.addEventListener("submit", (event) => {
    extend();
    if (tell()) return;
    event.preventDefault();
    const hasty = form.querySelector("[data-hasty]");
    hasty.hidden = false;
    hasty.focus();
  });
  // The last source that fails is the end of it; earlier ones have a successor.
  audio.querySelector("source:last-of-type").addEventListener("error", () => {
    form.querySelector("[data-silent]").hidden = false;
  });
  tell();
}

function secondsHeard(stretches) {
  let heard = 0;
  let reached = 0;
  for (const [start, end] of [...stretches].sort((a, b) => a[0] - b[0])) {
    heard += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return heard;
}

document.querySelectorAll("form[data-listening]").forEach(watchListening);
