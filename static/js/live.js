// A part of the page that is fetched again every two seconds while something in it goes on.
export async function live(part) {
  const wentOn = part.querySelector("[data-going-on]");
  while (part.querySelector("[data-going-on]")) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const listening = [...part.querySelectorAll("audio")].some((audio) => !audio.paused);
    if (!document.hidden && !listening) await renew(part);
  }
  if (wentOn && "reload" in part.dataset) location.reload();
}

async function renew(part) {
  try {
    const answer = await fetch(location.href, { headers: { "X-Part": part.dataset.live } });
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    if (text !== part.shown) show(part, text);
  } catch { /* the server may be away for a moment: ask again */ }
}

function show(part, text) {
  const open = [...part.querySelectorAll("details")].map((details) => details.open);
  part.innerHTML = part.shown = text;
  part.querySelectorAll("details").forEach((details, place) => { details.open = open[place] ?? details.open; });
}

document.querySelectorAll("[data-live]").forEach(live);
