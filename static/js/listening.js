// Which stretches of each clip were played: kept for the form, shown on its ring, asked for before the form goes.
export function watchListening(form) {
  const sides = [...form.querySelectorAll("[data-hear]")].map((side) => watchSide(form, side, () => tell()));

  const tell = () => {
    if (!sides.every((side) => side.isEnough())) return false;
    form.classList.add("heard-enough");
    form.querySelector("[data-before]").hidden = true;
    form.querySelector("[data-after]").hidden = false;
    form.querySelector("[data-hasty]").hidden = true;
    return true;
  };
  form.addEventListener("submit", (event) => {
    for (const side of sides) side.extend();
    if (tell()) return;
    event.preventDefault();
    const hasty = form.querySelector("[data-hasty]");
    hasty.hidden = false;
    hasty.focus();
  });
  tell();
}

function watchSide(form, side, tell) {
  const audio = side.querySelector("audio");
  const field = form.elements[side.dataset.hear];
  const length = Number(side.dataset.length);
  const needed = length * Number(form.dataset.share);
  const kept = `heard ${side.dataset.clip}`; // survives a reload, goes with the tab
  const stretches = JSON.parse(field.value || sessionStorage.getItem(kept) || "[]");
  let open = null;

  const isEnough = () => secondsHeard(stretches) >= needed;
  const write = () => {
    field.value = JSON.stringify(stretches);
    sessionStorage.setItem(kept, field.value);
    side.querySelector(".heard").setAttribute("stroke-dasharray", `${100 * Math.min(1, secondsHeard(stretches) / length)} 200`);
    side.classList.toggle("heard-enough", isEnough());
  };
  const start = () => {
    open = [audio.currentTime, audio.currentTime];
    stretches.push(open);
  };
  const extend = () => {
    if (open && audio.currentTime > open[1]) open[1] = Math.round(audio.currentTime * 100) / 100;
    write();
  };
  const stop = () => {
    if (!audio.seeking) extend();
    open = null;
    tell();
  };

  audio.addEventListener("playing", start);
  audio.addEventListener("timeupdate", () => {
    if (audio.seeking) return;
    extend();
    tell();
  });
  for (const event of ["pause", "ended", "seeking", "waiting"]) audio.addEventListener(event, stop);
  // The last source that fails is the end of it; earlier ones have a successor.
  audio.querySelector("source:last-of-type").addEventListener("error", () => {
    form.querySelector("[data-silent]").hidden = false;
  });
  write();
  return { isEnough, extend };
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
