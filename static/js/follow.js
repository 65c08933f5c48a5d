// A page of results that follows the answers: asked every ten seconds whether they have changed, fetched anew when so.
const EVERY = 10_000;

export async function follow(part) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    if (document.hidden || part.querySelector("[data-going-on]")) continue;
    try {
      const answer = await fetch(location.href, { headers: { "X-Part": "stand" } });
      if (!answer.ok || answer.redirected) continue;
      if ((await answer.text()) !== part.dataset.follow) await renew(part);
    } catch { /* the server may be away for a moment: ask again */ }
  }
}

async function renew(part) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.querySelector("[data-follow]");
  if (!fresh) return;
  const open = [...part.querySelectorAll("details[open]")].map((details) => details.closest("[id]")?.id);
  part.replaceChildren(...fresh.childNodes);
  part.dataset.follow = fresh.dataset.follow;
  for (const id of open) if (id) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
  document.dispatchEvent(new Event("charts"));
}

document.querySelectorAll("[data-follow]").forEach(follow);
