// A part of the page that is fetched again and again: while an element has `data-poll`, the element with its id at that
// address takes its place. The last one has no `data-poll`.
//
//   data-poll="/address/"       where to fetch it from; the server is told the id (X-Part) and may send that part alone
//   data-poll-every="2000"      milliseconds between two fetches
//   data-poll-version="…"       what is shown; sent as If-None-Match, so that the server can answer "304: still the same"
//   data-poll-reload            the whole page is loaded once it has ended
const SLOWEST = 60_000;
const HIDDEN = 5; // times slower while nobody looks

export function poll(element) {
  const every = Number(element.dataset.pollEvery ?? 2000);
  let failures = 0;

  const wait = () => {
    const pause = Math.min(every * 2 ** failures, Math.max(SLOWEST, every));
    setTimeout(again, pause * (document.hidden ? HIDDEN : 1));
  };
  const again = async () => {
    if (!element.isConnected) return; // an element around it was replaced, and polls for itself
    if (isPlaying(element)) return wait();
    try {
      const fresh = await fetchAgain(element);
      failures = 0;
      if (!fresh || fresh.isEqualNode(element.polled ?? element)) return wait();
      const ended = !("poll" in fresh.dataset);
      if (ended && "pollReload" in element.dataset) return location.reload();
      replace(element, fresh);
    } catch {
      failures += 1; // the server may be away for a moment
      wait();
    }
  };
  wait();
}

// The element as it is now; null where it has not changed.
async function fetchAgain(element) {
  const { poll: address, pollVersion: version } = element.dataset;
  const headers = { "X-Part": element.id };
  if (version) headers["If-None-Match"] = `"${version}"`;
  const answer = await fetch(address || location.href, { headers });
  if (answer.status === 304) return null;
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(element.id);
  if (!fresh) throw new Error(`no #${element.id} at ${address}`);
  return document.importNode(fresh, true);
}

// What a person opened stays open, what they ticked or typed stays so, and what they were at keeps the focus.
function replace(element, fresh) {
  const focus = element.contains(document.activeElement) ? pathTo(document.activeElement, element) : null;
  const open = [...element.querySelectorAll("details")].map((details) => details.open);
  const polled = fresh.cloneNode(true); // as it came: scripts may change what is shown
  [...fresh.querySelectorAll("details")].forEach((details, index) => { details.open = open[index] ?? details.open; });
  element.querySelectorAll("input, select, textarea").forEach((field) => keepValue(field, fresh));
  element.replaceWith(fresh);
  fresh.polled = polled;
  if (focus) elementAt(focus, fresh)?.focus({ preventScroll: true });
  fresh.dispatchEvent(new CustomEvent("polled", { bubbles: true }));
  attach(fresh);
}

function keepValue(field, fresh) {
  const named = [...fresh.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)];
  if (field.type === "checkbox" || field.type === "radio") {
    const same = named.find((other) => other.value === field.value);
    if (same) same.checked = field.checked;
  } else if (named.length === 1 && field.value !== field.defaultValue) {
    named[0].value = field.value;
  }
}

function pathTo(node, root) {
  if (node.id) return `#${CSS.escape(node.id)}`;
  const steps = [];
  for (; node !== root; node = node.parentElement) steps.unshift([...node.parentElement.children].indexOf(node));
  return steps;
}

function elementAt(path, root) {
  if (typeof path === "string") return root.querySelector(path);
  return path.reduce((node, step) => node?.children[step], root);
}

const isPlaying = (element) => [...element.querySelectorAll("audio")].some((audio) => !audio.paused);

function attach(root) {
  if (root.matches?.("[data-poll]")) poll(root);
  root.querySelectorAll("[data-poll]").forEach(poll);
}

attach(document);
