// A part of the page that is fetched again, once a second, as long as something in it goes on.
export async function follow(part) {
  while (part.querySelector("[data-going-on]")) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    try {
      const answer = await fetch(part.dataset.follow, { headers: { "X-Part": "progress" } });
      if (answer.ok && !answer.redirected) part.innerHTML = await answer.text();
    } catch { /* the server may be away for a moment: ask again */ }
  }
}

document.querySelectorAll("[data-follow]").forEach(follow);
